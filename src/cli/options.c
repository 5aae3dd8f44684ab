/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of the whole program: what each does, in one table. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bank/catalogue.h"
#include "base/mem.h"

/* What some of them take. */
#define FORMAT_WORDS "table|csv|json|jsonl"
#define COLOR_WORDS "auto|always|never"
#define ECHO_WORDS "sqlalchemy|plain"

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
	enum status status = choose(word, "--format", FORMAT_WORDS, &choice, err);
	*format = (enum output_format)choice;
	return status;
}

const char *options_format_name(enum output_format format)
{
	static const char *const names[] = {"table", "csv", "json", "jsonl"};
	return names[format];
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

TAKES(user, conninfo.user)
TAKES(file, file)
TAKES(keep, keep)
TAKES(output, output)
TAKES(table, table)
SETS(demo, demo)
SETS(no_password, never_ask)
SETS(password, ask_password)
SETS(plain, plain)
SETS(yes, yes)
SETS(ascii, ascii)
SETS(read_only, read_only)
SETS(help, show_help)
SETS(version, show_version)

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

static enum status apply_dbname(struct settings *s, const char *value, struct err *err)
{
	return conninfo_target(&s->conninfo, value, err);
}

static enum status apply_ledger(struct settings *s, const char *value, struct err *err)
{
	if (!catalogue_is_ledger(value))
		return err_set(err, ST_USAGE, "--ledger takes NAME, SCHEMA.NAME or none, not \"%.80s\"", value);
	free(s->ledger);
	s->ledger = mem_dup(value);
	return ST_OK;
}

static enum status apply_against(struct settings *s, const char *value, struct err *err)
{
	return conninfo_target(&s->against, value, err);
}

static enum status apply_command(struct settings *s, const char *value, struct err *err)
{
	(void)err;
	s->commands = mem_resize(s->commands, s->ncommands + 1, sizeof *s->commands);
	s->commands[s->ncommands++] = mem_dup(value);
	return ST_OK;
}

static enum status apply_csv(struct settings *s, const char *value, struct err *err)
{
	(void)value;
	return options_format("csv", &s->format, err);
}

static enum status apply_json(struct settings *s, const char *value, struct err *err)
{
	(void)value;
	return options_format("json", &s->format, err);
}

static enum status apply_format(struct settings *s, const char *value, struct err *err)
{
	return options_format(value, &s->format, err);
}

static enum status apply_color(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = choose(value, "--color", COLOR_WORDS, &choice, err);
	s->color = (enum color_when)choice;
	return status;
}

static enum status apply_echo(struct settings *s, const char *value, struct err *err)
{
	unsigned choice = 0;
	enum status status = value ? choose(value, "--echo", ECHO_WORDS, &choice, err) : ST_OK;
	s->echo = choice == 0 ? ECHO_SQLALCHEMY : ECHO_PLAIN;
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

/* ---- the table ---- */

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
	{0, "ledger", "NAME", GROUP_CONNECTION, "the table of transfers, or none", apply_ledger, NULL},
	{0, "read-only", NULL, GROUP_CONNECTION, "refuse what writes; sessions are read-only, too", apply_read_only,
	 NULL},
	{0, "against", "URI", GROUP_CONNECTION, "another server, for the same lesson there (key v)", apply_against,
	 NULL},
	{'c', "command", "COMMAND", GROUP_WORK, "run this command and leave; may be repeated", apply_command, NULL},
	{'f', "file", "FILE", GROUP_WORK, "run the commands of a file (-: standard input)", apply_file, NULL},
	{'y', "yes", NULL, GROUP_WORK, "do not ask before money moves", apply_yes, NULL},
	{0, "accounts", "N", GROUP_WORK, "demo, init, tutorial: accounts to add (default 100)", apply_accounts, NULL},
	{0, "keep", "DIR", GROUP_WORK, "demo: keep the data in this directory", apply_keep, NULL},
	{'o', "output", "FILE", GROUP_OUTPUT, "data to this file, in place of standard output", apply_output, NULL},
	{0, "csv", NULL, GROUP_OUTPUT, "data as CSV", apply_csv, NULL},
	{0, "json", NULL, GROUP_OUTPUT, "data as JSON, numbers as strings", apply_json, NULL},
	{0, "format", "FORMAT", GROUP_OUTPUT, "table, csv, json or jsonl", apply_format, FORMAT_WORDS},
	{0, "plain", NULL, GROUP_OUTPUT, "lines instead of a screen", apply_plain, NULL},
	{0, "echo", "[=plain]", GROUP_OUTPUT, "every statement on stderr, as SQLAlchemy's echo", apply_echo,
	 ECHO_WORDS},
	{0, "ascii", NULL, GROUP_OUTPUT, "no line drawing, ASCII only", apply_ascii, NULL},
	{0, "color", "WHEN", GROUP_OUTPUT, "auto, always or never", apply_color, COLOR_WORDS},
	{0, "protocol", "NAME", GROUP_TRANSFER, "how to retry: " TXN_PROTOCOLS(TXN_WORD, ", "), apply_protocol,
	 TXN_PROTOCOL_CHOICES},
	{0, "wire", "MODE", GROUP_TRANSFER, "round trips: pipeline, step or oneshot", apply_wire, TXN_WIRE_CHOICES},
	{0, "isolation", "LEVEL", GROUP_TRANSFER, TXN_ISOLATIONS(TXN_WORD, " or "), apply_isolation,
	 TXN_ISOLATION_CHOICES},
	{0, "max-attempts", "N", GROUP_TRANSFER, "tries in all (default 10)", apply_max_attempts, NULL},
	{0, "backoff", "MS[,CAP]", GROUP_TRANSFER, "first wait and longest (default 20,2000)", apply_backoff, NULL},
	{0, "seed", "N", GROUP_TRANSFER, "same seed, same waits and same filling", apply_seed, NULL},
	{'?', "help", NULL, GROUP_OTHER, "this text", apply_help, NULL},
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
