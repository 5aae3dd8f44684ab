/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking over argv: one item after another, each an option with its value or a free word. */
#ifndef CLI_ARGV_H
#define CLI_ARGV_H

#include "app/command.h"
#include "cli/options.h"

/* argv is walked twice: to find the verb, whose own options may stand before it, and then to take everything. */
struct walk {
	int argc, at;
	char **argv;
	char *letters;   /* the rest of "-wW" */
	bool only_words; /* behind "--" */
	const struct command *verb;
};

enum item_kind { ITEM_END, ITEM_WORD, ITEM_GLOBAL, ITEM_VERBS, ITEM_WRONG };

struct item {
	enum item_kind kind;
	const char *word;            /* the free word, or the name as it was typed */
	const struct option *option; /* ITEM_GLOBAL */
	const char *name;            /* of the option, without dashes and value */
	size_t name_length;
	const char *value; /* NULL where none was given */
	bool wants_value;
	bool may_lack_value; /* with one or without */
};

struct item walk_next(struct walk *walk);
const struct command *walk_find_verb(int argc, char **argv); /* the first free word that is a verb; NULL */
const struct command *walk_verb(const char *word);           /* the verb of that very name; NULL */

#endif
