/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line and :set decide: connection, output, engine limits. */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/config.h"
#include "app/output_format.h"
#include "bank/bank_choice.h"
#include "base/choice.h"
#include "base/err.h"
#include "db/conninfo.h"
#include "txn/txn.h"

/* As SQLAlchemy writes statements, or every event in our own words. */
#define ECHO_STYLES(X, SEP, LAST) X(ECHO_SQLALCHEMY, "sqlalchemy") LAST X(ECHO_PLAIN, "plain")
#define ECHO_CHOICES ECHO_STYLES(CHOICE_WORD, "|", "|")
enum echo_style { ECHO_NONE, ECHO_STYLES(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };
#define COLOR_WHENS(X, SEP, LAST) X(COLOR_AUTO, "auto") SEP X(COLOR_ALWAYS, "always") LAST X(COLOR_NEVER, "never")
#define COLOR_CHOICES COLOR_WHENS(CHOICE_WORD, "|", "|")
enum color_when { COLOR_WHENS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

/* Zero-initialise, then settings_parse() (cli/settings.h). All text owned. */
struct settings {
	struct conninfo conninfo;
	struct conninfo against; /* --against: another server for lessons */
	struct conninfo second;  /* --second: another server for sessions of lessons that have two */
	bool demo;               /* a private server */
	bool bare;               /* demo with a verb that makes the tables itself */
	char *keep;              /* demo --keep DIR */
	char *bindir;            /* demo --bindir DIR, absolute */
	char *cockroach;   /* demo --cockroach: the path of the program, "" for the one on PATH; NULL: PostgreSQL */
	unsigned nodes;    /* demo --nodes N; default 1 */
	unsigned accounts; /* demo --accounts N, init --accounts N; default 100 */
	size_t ncommands;  /* verb with its words as one command line, or -c, in order */
	char **commands;
	char *file;           /* -f; "-" is standard input */
	char *output;         /* -o: where data go */
	bool plays;           /* trace play: a recording, and nothing is connected */
	bool plain;           /* --plain */
	enum echo_style echo; /* --echo: every statement on stderr */
	char *trace;          /* --trace FILE */
	char *log;            /* --log-file FILE */
	bool trace_bare;      /* --trace-values=no: without parameters and rows */
	bool yes;             /* --yes: confirm nothing */
	bool read_only;       /* --read-only */
	bool ascii;           /* --ascii */
	bool ask_password;    /* -W */
	bool never_ask;       /* -w */
	enum color_when color;
	enum output_format format;
	struct bank_choice bank; /* --table --ledger --id-column --balance-column --where-key --overdraft */
	char *as_of;             /* :set as-of: behind AS OF SYSTEM TIME, where the server has that; NULL: now */
	bool no_mouse;           /* :set mouse off */
	bool present;            /* --present, :set present on: large, for an audience */
	uint64_t seed;           /* --seed, else from the system */
	struct txn_options txn;  /* --protocol --wire --max-attempts --backoff */
	struct config config;    /* the user's own: keys */
	bool show_help, show_version;
	const struct command *help_of; /* the verb that --help stands beside; NULL: the whole program */
};

/* NULL: no second server was named. */
const struct conninfo *settings_second(const struct settings *settings);
void settings_free(struct settings *settings);

#endif
