/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands there are: found by name, and how each is used. */
#include <string.h>

#include "app/command.h"

static struct {
	const struct command *const *table;
	size_t n;
} commands;

void command_use(const struct command *const *table, size_t n)
{
	commands.table = table;
	commands.n = n;
}

const struct command *const *command_table(size_t *n)
{
	*n = commands.n;
	return commands.table;
}

const struct command *command_exact(const char *name)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i]->name, name) == 0 || (table[i]->alias && strcmp(table[i]->alias, name) == 0))
			return table[i];
	return NULL;
}

const struct command *command_find(const char *name)
{
	const struct command *found = command_exact(name);
	size_t n, length = strlen(name);
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; !found && length > 0 && i < n; i++) {
		if (strncmp(table[i]->name, name, length) != 0)
			continue;
		bool unique = i + 1 == n || strncmp(table[i + 1]->name, name, length) != 0; /* sorted by name */
		return unique ? table[i] : NULL;
	}
	return found;
}

bool command_arg_is_text(const struct command_arg *arg)
{
	return arg->type == ARG_REST || arg->type == ARG_CONFIG || arg->type == ARG_CONDITION ||
	       arg->type == ARG_COLUMN;
}

bool command_arg_repeats(const struct command_arg *arg)
{
	return arg->type == ARG_ACCOUNTS || arg->type == ARG_LESSONS || arg->type == ARG_WAYS;
}

bool command_arg_is_file(const struct command_arg *arg)
{
	return arg->type == ARG_WORD && strncmp(arg->name, "FILE", 4) == 0;
}

void command_usage(struct buf *out, const struct command *command)
{
	size_t open = 0;
	buf_str(out, command->name);
	for (size_t i = 0; i < COMMAND_ARGS_MAX && command->args[i].name; i++) {
		buf_str(out, command->args[i].optional ? " [" : " ");
		buf_str(out, command->args[i].name);
		open += command->args[i].optional;
	}
	buf_fill(out, ']', open);
}
