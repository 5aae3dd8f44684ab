/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes argv apart: one item after another, each an option with its value or a free word. */
#include "argv.h"

#include <ctype.h>
#include <string.h>

static const struct command_option *own_option(const struct command *command, const char *name, size_t n)
{
	for (size_t i = 0; command && i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		if (strlen(command->options[i].name) == n && strncmp(command->options[i].name, name, n) == 0)
			return &command->options[i];
	return NULL;
}

/* Before the verb is known, an option of any verb will do: only whether it takes a value matters then. */
static const struct command_option *verb_option(const struct walk *walk, const char *name, size_t n)
{
	if (walk->verb)
		return own_option(walk->verb, name, n);
	size_t count;
	const struct command *const *table = command_table(&count);
	const struct command_option *found = NULL;
	for (size_t i = 0; i < count && !found; i++)
		found = own_option(table[i], name, n);
	return found;
}

static void take_value(struct walk *walk, struct item *item, bool wanted)
{
	item->wants_value = wanted;
	if (wanted && !item->value && walk->at < walk->argc)
		item->value = walk->argv[walk->at++];
}

static struct item long_option(struct walk *walk, const char *word)
{
	size_t n = strcspn(word + 2, "=");
	struct item item = {.kind = ITEM_WRONG, .word = word, .name = word + 2, .name_length = n};
	item.value = word[2 + n] == '=' ? word + 3 + n : NULL;
	const struct command_option *own = verb_option(walk, item.name, n);
	item.option = options_by_name(item.name, n);
	if (own) {
		item.kind = ITEM_VERBS;
		take_value(walk, &item, own->value != NULL);
	} else if (item.option) {
		item.kind = ITEM_GLOBAL;
		item.may_lack_value = item.option->value && item.option->value[0] == '[';
		if (!item.may_lack_value)
			take_value(walk, &item, item.option->value != NULL);
	}
	return item;
}

static struct item letter_option(struct walk *walk)
{
	struct item item = {.kind = ITEM_WRONG, .word = walk->letters};
	char letter = *walk->letters++;
	item.option = options_by_letter(letter);
	if (item.option) {
		item.name = item.option->name;
		item.name_length = strlen(item.name);
		item.kind = verb_option(walk, item.name, item.name_length) ? ITEM_VERBS : ITEM_GLOBAL;
		if (item.option->value && *walk->letters) {
			item.value = walk->letters;
			walk->letters = NULL;
		}
		take_value(walk, &item, item.option->value != NULL);
	}
	if (item.value || (walk->letters && !*walk->letters))
		walk->letters = NULL;
	return item;
}

struct item walk_next(struct walk *walk)
{
	if (walk->letters)
		return letter_option(walk);
	if (walk->at >= walk->argc)
		return (struct item){.kind = ITEM_END};
	char *word = walk->argv[walk->at++];
	bool is_word = walk->only_words || word[0] != '-' || !word[1] || isdigit((unsigned char)word[1]);
	if (is_word)
		return (struct item){.kind = ITEM_WORD, .word = word};
	if (strcmp(word, "--") == 0) {
		walk->only_words = true;
		return walk_next(walk);
	}
	if (word[1] == '-')
		return long_option(walk, word);
	walk->letters = word + 1;
	return letter_option(walk);
}

const struct command *walk_verb(const char *word)
{
	const struct command *command = command_exact(word);
	return command && (command->flags & COMMAND_VERB) && isalpha((unsigned char)word[0]) ? command : NULL;
}

const struct command *walk_find_verb(int argc, char **argv)
{
	struct walk walk = {.argc = argc, .at = 1, .argv = argv};
	for (;;) {
		struct item item = walk_next(&walk);
		if (item.kind == ITEM_END)
			return NULL;
		const struct command *verb = item.kind == ITEM_WORD ? walk_verb(item.word) : NULL;
		if (verb)
			return verb;
	}
}
