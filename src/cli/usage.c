/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --help and --version, made from the option table and the command table. */
#include <string.h>

#include "app/command.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/settings.h"
#include "db/dialect.h"

static void usage_add_option(struct buf *out, const struct option *option)
{
	struct buf left = {0};
	if (option->letter)
		buf_fmt(&left, "-%c, ", option->letter);
	else
		buf_str(&left, "    ");
	buf_fmt(&left, "--%s", option->name);
	if (option->value)
		buf_fmt(&left, "%s%s", option->value[0] == '[' ? "" : " ", option->value);
	buf_fmt(out, "  %-25s %s\n", left.p, option->help);
	buf_free(&left);
}

static void usage_add_options(struct buf *out)
{
	size_t n;
	const struct option *table = options_table(&n);
	for (enum option_group group = 0; group < GROUP_COUNT; group++) {
		buf_fmt(out, "\n%s:\n", options_title(group));
		for (size_t i = 0; i < n; i++)
			if (table[i].group == group && table[i].help)
				usage_add_option(out, &table[i]);
	}
}

/* Where a line is too wide, its choices go on in the next one. */
static void usage_add_wide(struct buf *out, const char *usage)
{
	enum { COLUMNS = 76 };
	size_t n = strlen(usage);
	const char *indent = "  ";
	while (n > COLUMNS) {
		size_t cut = COLUMNS;
		while (cut > 1 && usage[cut - 1] != '|')
			cut--;
		cut = cut > 1 ? cut : COLUMNS;
		buf_fmt(out, "%s%.*s\n", indent, (int)cut, usage);
		usage += cut;
		n -= cut;
		indent = "      ";
	}
	buf_fmt(out, "%s%s\n", indent, usage);
}

static void usage_add_verb_option(struct buf *out, const struct command_option *option)
{
	struct buf left = {0};
	buf_fmt(&left, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
	buf_fmt(out, "      %-21s %s\n", left.p, option->help);
	buf_free(&left);
}

static void usage_add_verb(struct buf *out, const struct command *command)
{
	struct buf usage = {0};
	command_usage(&usage, command);
	if (usage.len > 26) {
		usage_add_wide(out, usage.p);
		buf_fmt(out, "  %-26s%s\n", "", command->help);
	} else {
		buf_fmt(out, "  %-25s %s\n", usage.p, command->help);
	}
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		const struct command_option *option = &command->options[i];
		bool common = strcmp(option->name, "yes") == 0 || options_by_name(option->name, strlen(option->name));
		if (!common)
			usage_add_verb_option(out, option);
	}
	buf_free(&usage);
}

static void usage_add_verbs(struct buf *out)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	buf_fmt(out, "\nVerbs:\n  %-25s %s\n", "demo", "the console, on a private throw-away bank");
	for (size_t i = 0; i < n; i++)
		if (table[i]->flags & COMMAND_VERB)
			usage_add_verb(out, table[i]);
}

/* The whole program's options are many: they are named, not printed. */
static void usage_add_command(struct buf *out, const struct command *command)
{
	struct buf usage = {0};
	buf_fmt(&usage, "teller [CONNECTION] ");
	command_usage(&usage, command);
	buf_str(&usage, command->options[0].name ? " [OPTION]..." : "");
	buf_str(out, "Usage:\n");
	usage_add_wide(out, usage.p);
	buf_free(&usage);
	buf_fmt(out, "\n%s%s\n%s", command->help, command->flags & COMMAND_CONFIRM ? "; asks first" : "",
		command->options[0].name ? "\n" : "");
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		usage_add_verb_option(out, &command->options[i]);
	buf_str(out, "\n`teller --help` lists the options of connection, output and transfers;\n"
		     "`man teller` explains all of them.\n");
}

void settings_help(struct buf *out, const struct command *command)
{
	size_t n = dialect_count();
	if (command) {
		usage_add_command(out, command);
		return;
	}
	buf_str(out, "teller: a terminal console for a bank in ");
	for (size_t i = 0; i < n; i++)
		buf_fmt(out, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", dialect_of((enum sql_server)i)->product);
	buf_str(out, "\n"
		     "\n"
		     "Usage:\n"
		     "  teller [CONNECTION] [OPTION]... [DBNAME | URI] [USER]   the console\n"
		     "  teller [CONNECTION] VERB [ARGUMENT]... [OPTION]...      run one, then exit\n");
	usage_add_verbs(out);
	usage_add_options(out);
	buf_str(out, "\n"
		     "Without a server's name: $DATABASE_URL, or PGHOST and the other PG variables.\n"
		     "PostgreSQL's programs, for demo: --bindir, or only in $TELLER_PG_BINDIR.\n"
		     "Data goes to stdout, messages to stderr.\n"
		     "\n"
		     "Examples:\n"
		     "  teller demo                       try it, on a bank of your own\n"
		     "  teller -h db.example -d bank      the console on a server\n"
		     "  teller cockroachdb://root@localhost/bank transfer 104 107 half --yes\n"
		     "\n"
		     "Exit status:\n"
		     "  0  done                                  4  gave up retrying\n"
		     "  1  wrong usage, or teller's own failure  5  outcome of a commit unknown\n"
		     "  2  no connection, or it was lost         6  a check failed\n"
		     "  3  a statement failed, or a transfer was rejected; 128+n  ended by signal n\n");
}

void settings_version(struct buf *out)
{
	char library[32];
	conninfo_library(library);
	buf_fmt(out, "teller %s (%s)\n", TELLER_VERSION, library);
}
