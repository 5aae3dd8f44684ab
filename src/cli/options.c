/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of the whole program: what each does, in one table. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bank/catalogue.h"
#include "base/mem.h"
#include "server/server.h"

/* ---- reading values ---- */

enum status options_number(const char *word, const char *what, unsigned long long min, unsigned long long max,
			   unsigned long long *number, struct err *err)
{
	errno = 0;
	char *end;
	*number = strtoull(word, &end, 10);
	if (word[0] < '0' || word[0] > '9' || *end || errno || *number < min || *number > max)
		return err_set(err, ST_USAGE, "%s takes a whole number from %llu to %llu, not \"%.80s\"", what, min,
			       max, word);
	return ST_OK;
}

/* `choices` are words with a '|' between them. */
static enum status choose(const char *word, const char *what, const char *choices, unsigned *choice, struct err *err)
{
	unsigned i = 0;
	for (const char *c = choices;; i++) {
		size_t n = strcspn(c, "|");
		if (strlen(word) == n && strncmp(word, c, n) == 0) {
			*choice = i;
			return ST_OK;
		}
		if (!c[n])
			return err_set(err, ST_USAGE, "%s is one of %s, not \"%.80s\"", what, choices, word);
		c += n + 1;
	}
}

enum status options_format(const char *word, enum output_format *format, struct err *err)
{
	unsigned choice = 0;
	enum status status = choose(word, "--format", OUTPUT_FORMAT_CHOICES, &choice, err);
	if (!status)
		*format = (enum output_format)choice;
	return status;
}

static enum status options_take(char **field, const char *value)
{
	free(*field);
	*field = mem_dup(value);
	return ST_OK;
}

static enum status flag(bool *field)
{
	*field = true;
	return ST_OK;
}

#define TRACE_VALUES "yes|no"

/* ---- what each option does ---- */

#define TAKES(option, field)                                                                                           \
	static enum status apply_##option(struct settings *s, const char *value, struct err *err)                      \
	{                                                                                                              \
		(void)err;                                                                                             \
		return options_take(&s->field, value);                                                                 \
	}

#define SETS(option, field)                                                                                            \
	static enum status apply_##option(struct settings *s, const char *value, struct err *err)                      \
	{                                                                                                              \
		(void)value;                                                                                           \
		(void)err;                                                                                             \
		return flag(&s->field);                                                                                \
	}

#define SHORT_FORM(constant, word, name, ...)                                                                          \
	static enum status apply_##name(struct settings *s, const char *value, struct err *err)                        \
	{                                                                                                              \
		(void)value;                                                                                           \
		(void)err;                                                                                             \
		s->format = constant;                                                                                  \
		return ST_OK;                                                                                          \
	}

OUTPUT_SHORT_FORMS(SHORT_FORM)
TAKES(user, conninfo.user)
TAKES(file, file)
TAKES(keep, keep)
TAKES(output, output)
TAKES(table, bank.table)
TAKES(id_column, bank.id_column)
TAKES(balance_column, bank.balance_column)
TAKES(trace, trace)
TAKES(log_file, log)
SETS(demo, demo)
SETS(no_password, never_ask)
SETS(password, ask_password)
SETS(plain, plain)
SETS(yes, yes)
SETS(ascii, ascii)
SETS(present, present)
SETS(read_only, read_only)
SETS(help, show_help)
SETS(version, show_version)
SETS(no_config, config.none)
TAKES(config, config.path)

static enum status apply_host(struct settings *s, const char *value, struct err *err)
{
	options_take(&s->conninfo.host, value);
	return conninfo_check_host(value, err);
}

static enum status apply_port(struct settings *s, const char *value, struct err *err)
{
	options_take(&s->conninfo.port, value);
	return conninfo_check_port(value, err);
}

/* @NAME is a server of the configuration. */
static enum status options_target(struct settings *s, struct conninfo *info, const char *value, struct err *err)
{
	if (value[0] != '@')
		return conninfo_target(info, value, err);
	const char *target = named_find(&s->config.servers, value + 1);
	if (!target)
		return err_set(err, ST_USAGE,
			       "there is no server \"%.40s\"; a line `server %.40s CONNINFO` in %.300s makes it",
			       value + 1, value + 1, s->config.path ? s->config.path : "a file of --config");
	return conninfo_target(info, target, err);
}

static enum status apply_dbname(struct settings *s, const char *value, struct err *err)
{
	return options_target(s, &s->conninfo, value, err);
}

static enum status apply_ledger(struct settings *s, const char *value, struct err *err)
{
	if (!catalogue_is_ledger(value))
		return err_set(err, ST_USAGE, "--ledger takes NAME, SCHEMA.NAME or none, not \"%.80s\"", value);
	return options_take(&s->bank.ledger, value);
}

static enum status apply_where_key(struct settings *s, const char *value, struct err *err)
{
	return bank_choice_add_key(&s->bank, value, err);
}

static enum status apply_overdraft(struct settings *s, const char *value, struct err *err)
{
	enum status status = bank_choice_check_overdraft(value, err);
	return status ? status : options_take(&s->bank.overdraft, value);
}

static enum status apply_against(struct settings *s, const char *value, struct err *err)
{
	return options_target(s, &s->against, value, err);
}

static enum status apply_second(struct settings *s, const char *value, struct err *err)
{
	return options_target(s, &s->second, value, err);
}

static enum status apply_command(struct settings *s, const char *value, struct err *err)
{
	(void)err;
	s->commands = mem_resize(s->commands, s->ncommands + 1, sizeof *s->commands);
	s->commands[s->ncommands++] = mem_dup(value);
	return ST_OK;
}

static enum status apply_format(struct settings *s, const char *value, struct err *err)
{
	return options_format(value, &s->format, err);
}

static enum status apply_color(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = choose(value, "--color", COLOR_CHOICES, &choice, err);
	if (!status)
		s->color = (enum color_when)choice;
	return status;
}

static enum status apply_theme(struct settings *s, const char *value, struct err *err)
{
	return theme_parse(value, &s->config.looks.theme, err);
}

static enum status apply_echo(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = value ? choose(value, "--echo", ECHO_CHOICES, &choice, err) : ST_OK;
	s->echo = (enum echo_style)(ECHO_SQLALCHEMY + choice);
	return status;
}

static enum status apply_trace_values(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = choose(value, "--trace-values", TRACE_VALUES, &choice, err);
	s->trace_bare = choice != 0;
	return status;
}

static enum status apply_protocol(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = choose(value, "--protocol", TXN_PROTOCOL_CHOICES, &choice, err);
	s->txn.protocol = (enum txn_protocol)choice;
	return status;
}

/* With a dash or a blank, in any case, as in SQL. */
static enum status apply_isolation(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	char *word = mem_dup(value);
	for (char *c = word; *c; c++)
		*c = *c == ' ' || *c == '_' ? '-' : (char)tolower((unsigned char)*c);
	bool weak = strcmp(word, "read-committed") == 0 || strcmp(word, "read-uncommitted") == 0;
	enum status status =
		weak ? err_set(err, ST_USAGE,
			       "transfers are not made at %s: a balance that was read could be another one "
			       "when it is written; serializable or repeatable-read",
			       value)
		     : choose(word, "--isolation", TXN_ISOLATION_CHOICES, &choice, err);
	s->txn.isolation = (enum txn_isolation)choice;
	free(word);
	return status;
}

static enum status apply_locking(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = choose(value, "--locking", TXN_LOCKING_CHOICES, &choice, err);
	s->txn.locking = (enum txn_locking)choice;
	return status;
}

static enum status apply_wire(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = choose(value, "--wire", TXN_WIRE_CHOICES, &choice, err);
	s->txn.wire = (enum txn_wire)choice;
	return status;
}

static enum status apply_max_attempts(struct settings *s, const char *value, struct err *err)
{
	unsigned long long n = 0;
	enum status status = options_number(value, "--max-attempts", 1, 100000, &n, err);
	s->txn.max_attempts = (unsigned)n;
	return status;
}

/* BASE or BASE,CAP */
static enum status apply_backoff(struct settings *s, const char *value, struct err *err)
{
	const char *comma = strchr(value, ',');
	unsigned long long base = 0, cap = s->txn.backoff_cap_ms;
	char *first = mem_dup_n(value, comma ? (size_t)(comma - value) : strlen(value));
	enum status status = options_number(first, "--backoff BASE", 0, 600000, &base, err);
	free(first);
	if (!status && comma)
		status = options_number(comma + 1, "--backoff CAP", 0, 600000, &cap, err);
	s->txn.backoff_base_ms = base;
	s->txn.backoff_cap_ms = cap > base || comma ? cap : base;
	return status;
}

static enum status apply_seed(struct settings *s, const char *value, struct err *err)
{
	unsigned long long n = 0;
	enum status status = options_number(value, "--seed", 0, UINT64_MAX, &n, err);
	s->seed = n;
	return status;
}

static enum status apply_accounts(struct settings *s, const char *value, struct err *err)
{
	unsigned long long n = 0;
	enum status status = options_number(value, "--accounts", 0, 10000000, &n, err);
	s->accounts = (unsigned)n;
	return status;
}

/* The server's programs are started elsewhere than here. */
static enum status apply_bindir(struct settings *s, const char *value, struct err *err)
{
	char *path = realpath(value, NULL);
	if (!path)
		return err_set(err, ST_USAGE, "--bindir %.400s: %s", value, strerror(errno));
	free(s->bindir);
	s->bindir = path;
	return ST_OK;
}

static enum status apply_cockroach(struct settings *s, const char *value, struct err *err)
{
	if (value && !value[0])
		return err_set(err, ST_USAGE, "--cockroach= names no program: leave the = out for the one on PATH");
	return options_take(&s->cockroach, value ? value : "");
}

/* Two nodes are worse than one: where either is gone, neither of them serves. */
static enum status apply_nodes(struct settings *s, const char *value, struct err *err)
{
	unsigned long long n = 0;
	enum status status = options_number(value, "--nodes", 1, CLUSTER_NODES_MAX, &n, err);
	if (status || n == 2)
		return err_set(
			err, ST_USAGE,
			"--nodes takes 1 or 3 to %d, not \"%.80s\": a cluster serves as long as more than half of "
			"its nodes do",
			CLUSTER_NODES_MAX, value);
	s->nodes = (unsigned)n;
	return ST_OK;
}

/* ---- the table ---- */

#define SHORT_OPTION(constant, word, name, own, help) {0, word, NULL, GROUP_OUTPUT, help, apply_##name, NULL},

static const struct option table[] = {
	{'h', "host", "HOST", GROUP_CONNECTION, "server's address, or directory of its socket", apply_host, NULL},
	{'p', "port", "PORT", GROUP_CONNECTION, "server's port", apply_port, NULL},
	{'U', "username", "NAME", GROUP_CONNECTION, "user name", apply_user, NULL},
	{'d', "dbname", "DBNAME", GROUP_CONNECTION, "database, connection string or URI", apply_dbname, NULL},
	{0, "url", "URI", GROUP_CONNECTION, NULL, apply_dbname, NULL},
	{'w', "no-password", NULL, GROUP_CONNECTION, "never ask for a password", apply_no_password, NULL},
	{'W', "password", NULL, GROUP_CONNECTION, "ask for a password before connecting", apply_password, NULL},
	{0, "demo", NULL, GROUP_CONNECTION, "a private, throw-away bank, as the verb demo", apply_demo, NULL},
	{0, "table", "NAME", GROUP_CONNECTION, "the accounts table (default: accounts)", apply_table, NULL},
	{0, "id-column", "NAME", GROUP_CONNECTION, "its column of ids (default: the primary key)", apply_id_column,
	 NULL},
	{0, "balance-column", "NAME", GROUP_CONNECTION, "its column of balances (default: the one that fits)",
	 apply_balance_column, NULL},
	{0, "where-key", "NAME=VALUE", GROUP_CONNECTION, "a column of its key, fixed; may be repeated", apply_where_key,
	 NULL},
	{0, "ledger", "NAME", GROUP_CONNECTION, "the table of transfers, or none", apply_ledger, NULL},
	{0, "read-only", NULL, GROUP_CONNECTION, "refuse what writes; sessions are read-only, too", apply_read_only,
	 NULL},
	{0, "against", "URI", GROUP_CONNECTION, "another server, for the same lesson there (key v)", apply_against,
	 NULL},
	{0, "second", "URI", GROUP_CONNECTION, "another server, for lessons with sessions there", apply_second, NULL},
	{'c', "command", "COMMAND", GROUP_WORK, "run this command and leave; may be repeated", apply_command, NULL},
	{'f', "file", "FILE", GROUP_WORK, "run the commands of a file (-: standard input)", apply_file, NULL},
	{'y', "yes", NULL, GROUP_WORK, "do not ask before money moves", apply_yes, NULL},
	{0, "accounts", "N", GROUP_WORK, "demo, init, tutorial: accounts to add (default 100)", apply_accounts, NULL},
	{0, "keep", "DIR", GROUP_WORK, "demo: keep the data in this directory", apply_keep, NULL},
	{0, "bindir", "DIR", GROUP_WORK, "demo: PostgreSQL's programs, in place of the newest", apply_bindir, NULL},
	{0, "cockroach", "[=PATH]", GROUP_WORK, "demo: a cluster of CockroachDB, by this program", apply_cockroach,
	 NULL},
	{0, "nodes", "N", GROUP_WORK, "demo --cockroach: nodes, 1 or 3 to 5 (default 1)", apply_nodes, NULL},
	{'o', "output", "FILE", GROUP_OUTPUT, "data to this file, in place of standard output", apply_output, NULL},
	OUTPUT_SHORT_FORMS(SHORT_OPTION) /* --csv ... */
	{0, "format", "FORMAT", GROUP_OUTPUT, OUTPUT_FORMAT_HELP, apply_format, OUTPUT_FORMAT_CHOICES},
	{0, "plain", NULL, GROUP_OUTPUT, "lines instead of a screen", apply_plain, NULL},
	{0, "echo", "[=plain]", GROUP_OUTPUT, "every statement on stderr, as SQLAlchemy's echo", apply_echo,
	 ECHO_CHOICES},
	{0, "trace", "FILE", GROUP_OUTPUT, "every event to this file: trace show, trace play", apply_trace, NULL},
	{0, "trace-values", "yes|no", GROUP_OUTPUT, "no: a trace without parameters and rows", apply_trace_values,
	 TRACE_VALUES},
	{'L', "log-file", "FILE", GROUP_OUTPUT, "the lines of the log, appended to this file", apply_log_file, NULL},
	{0, "ascii", NULL, GROUP_OUTPUT, "no line drawing, ASCII only", apply_ascii, NULL},
	{0, "present", NULL, GROUP_OUTPUT, "large, for an audience; F11 changes it", apply_present, NULL},
	{0, "color", "WHEN", GROUP_OUTPUT, COLOR_WHENS(CHOICE_WORD, ", ", " or "), apply_color, COLOR_CHOICES},
	{0, "theme", "NAME", GROUP_OUTPUT, "colours of the screen: dark, light, mono ...", apply_theme, THEME_CHOICES},
	{0, "protocol", "NAME", GROUP_TRANSFER, "how to retry: " TXN_PROTOCOLS(CHOICE_WORD, ", ", ", "), apply_protocol,
	 TXN_PROTOCOL_CHOICES},
	{0, "wire", "MODE", GROUP_TRANSFER, "round trips: " TXN_WIRES(CHOICE_WORD, ", ", " or "), apply_wire,
	 TXN_WIRE_CHOICES},
	{0, "isolation", "LEVEL", GROUP_TRANSFER, TXN_ISOLATIONS(CHOICE_WORD, ", ", " or "), apply_isolation,
	 TXN_ISOLATION_CHOICES},
	{0, "locking", "WHEN", GROUP_TRANSFER, "read FOR UPDATE: auto (on CockroachDB), on or off", apply_locking,
	 TXN_LOCKING_CHOICES},
	{0, "max-attempts", "N", GROUP_TRANSFER, "tries in all (default 10)", apply_max_attempts, NULL},
	{0, "backoff", "MS[,CAP]", GROUP_TRANSFER, "first wait and longest (default 20,2000)", apply_backoff, NULL},
	{0, "overdraft", "N", GROUP_TRANSFER, "balances may go down to -N, or unlimited", apply_overdraft, NULL},
	{0, "seed", "N", GROUP_TRANSFER, "same seed, same waits and same filling", apply_seed, NULL},
	{0, "config", "FILE", GROUP_OTHER, "settings and keys from this file", apply_config, NULL},
	{0, "no-config", NULL, GROUP_OTHER, "read no configuration", apply_no_config, NULL},
	{'?', "help", NULL, GROUP_OTHER, "this text; behind a verb, that verb's", apply_help, NULL},
	{'V', "version", NULL, GROUP_OTHER, "name and version", apply_version, NULL},
};

const char *options_title(enum option_group group)
{
	static const char *const titles[GROUP_COUNT] = {
		[GROUP_CONNECTION] = "Connection", [GROUP_WORK] = "What to do", [GROUP_OUTPUT] = "Output",
		[GROUP_TRANSFER] = "Transfers",    [GROUP_OTHER] = "Other",
	};
	return titles[group];
}

const struct option *options_table(size_t *n)
{
	*n = COUNT_OF(table);
	return table;
}

const struct option *options_by_letter(char letter)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (table[i].letter == letter && letter)
			return &table[i];
	return NULL;
}

const struct option *options_by_name(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strlen(table[i].name) == length && strncmp(table[i].name, name, length) == 0)
			return &table[i];
	return NULL;
}
