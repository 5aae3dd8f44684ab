/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table: every command, declared once; the one way in for keys, prompt, options, scripts and tests. */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct app;
struct run;

enum arg_type {
	ARG_ACCOUNT,   /* an account id */
	ARG_ACCOUNTS,  /* one or more ids, the last argument: as words of a line (cli/words.h), quoted where needed */
	ARG_RULE,      /* half, all or an amount */
	ARG_COUNT,     /* a whole number above 0 */
	ARG_ONOFF,     /* on, off or toggle */
	ARG_COMMAND,   /* the name of a command */
	ARG_LESSONS,   /* names of lessons, or files, the last argument: those behind the first are run->more */
	ARG_WAYS,      /* ways of load (load/way.h), the last argument: those behind the first are run->more */
	ARG_SETTING,   /* what the setting takes that is named before it */
	ARG_WORD,      /* anything */
	ARG_CONDITION, /* the rest of the line: columns, operators, values */
	ARG_COLUMN,    /* the rest of the line: a column, or a word of the argument's name */
	ARG_CONFIG,    /* the rest of the line, as it is: a command of the configuration (cli/config.h) */
	ARG_REST,      /* the rest of the line, as it is */
};

struct command_arg {
	const char *name; /* in capitals: FROM, TO */
	enum arg_type type;
	bool optional;
};

/* An option of a command ("--limit 3", "--csv"). Those of the whole program are in cli/options.h. */
struct command_option {
	const char *name;  /* without the dashes */
	const char *value; /* name of its value in capitals, NULL for a flag */
	const char *help;
	bool prints;         /* only for what is printed: refused on a screen */
	const char *choices; /* the words that its value may be, with a '|' between them; NULL: others, too */
};

enum {
	COMMAND_VERB = 1,     /* may stand on teller's command line */
	COMMAND_SCREEN = 2,   /* moves something on the screen; no use without one */
	COMMAND_CONFIRM = 4,  /* asks before it runs */
	COMMAND_BANK = 8,     /* needs the accounts table */
	COMMAND_SERVER = 16,  /* needs a connection */
	COMMAND_WORK = 32,    /* needs the session that writes */
	COMMAND_TABLES = 64,  /* makes the tables itself: `demo` with this verb leaves them to it */
	COMMAND_WRITES = 128, /* changes what is in the database: not with --read-only */
};

enum { COMMAND_ARGS_MAX = 4, COMMAND_OPTIONS_MAX = 24 };

/* The handler starts the command and returns at once; it, or a callback of its, ends it with run_end(). */
struct command {
	const char *name;
	const char *alias; /* NULL or another name */
	struct command_arg args[COMMAND_ARGS_MAX];
	struct command_option options[COMMAND_OPTIONS_MAX];
	unsigned flags;
	const char *help; /* one line, lower case, no full stop */
	void (*run)(struct run *run);
	/* May be NULL. What is wrong with the line itself, before a connection is asked for. */
	enum status (*check)(const struct run *run, struct err *err);
	/* May be NULL. Fills in what the command line left out, before anything is asked; the run ends with its
	 * error. */
	enum status (*prepare)(struct run *run, struct err *err);
	/* What will be done, for the question of a command that asks: "move half of 104 to 107, in ...". NULL: the
	 * line itself. */
	void (*describe)(struct buf *out, const struct run *run);
};

/* The commands there are, sorted by name: main() names them once, before anything is read. Borrowed for good. */
void command_use(const struct command *const *table, size_t n);
const struct command *const *command_table(size_t *n);
const struct command *command_find(const char *name);    /* by name, alias, or an unambiguous beginning; NULL */
const struct command *command_exact(const char *name);   /* by name or alias only; NULL */
bool command_arg_is_text(const struct command_arg *arg); /* the rest of the line, as it is */
bool command_arg_repeats(const struct command_arg *arg); /* it may come again and again */
bool command_arg_is_file(const struct command_arg *arg); /* the name of a file */
/* "goto ID", "transfer [FROM [TO [half|all|AMOUNT]]]" */
void command_usage(struct buf *out, const struct command *command);

#endif
