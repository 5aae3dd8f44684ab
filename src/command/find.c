/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a command by its name, and saying how it is used. */
#include <string.h>

#include "command/command.h"

const struct command *command_exact(const char *name)
{
	size_t n;
	const struct command *table = command_table(&n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0 || (table[i].alias && strcmp(table[i].alias, name) == 0))
			return &table[i];
	return NULL;
}

const struct command *command_find(const char *name)
{
	const struct command *found = command_exact(name);
	size_t n, length = strlen(name);
	const struct command *table = command_table(&n);
	for (size_t i = 0; !found && length > 0 && i < n; i++) {
		if (strncmp(table[i].name, name, length) != 0)
			continue;
		bool unique = i + 1 == n || strncmp(table[i + 1].name, name, length) != 0; /* sorted by name */
		return unique ? &table[i] : NULL;
	}
	return found;
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
