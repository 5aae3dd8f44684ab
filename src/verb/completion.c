/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command completion: the script of a shell, and the tables of the man page. */
#include <string.h>

#include "base/mem.h"
#include "cli/shells.h"
#include "verb_internal.h"

static const struct {
	const char *name;
	void (*write)(struct buf *out);
} languages[] = {{"bash", shells_bash}, {"zsh", shells_zsh}, {"fish", shells_fish}, {"man", shells_man}};

static enum status check_completion(const struct run *run, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(languages); i++)
		if (strcmp(run->args[0], languages[i].name) == 0)
			return ST_OK;
	return err_set(err, ST_USAGE, "completion is for bash, zsh or fish, not \"%.80s\"", run->args[0]);
}

static void do_completion(struct run *run)
{
	struct buf text = {0};
	for (size_t i = 0; i < COUNT_OF(languages); i++)
		if (strcmp(run->args[0], languages[i].name) == 0)
			languages[i].write(&text);
	if (text.len && app_prints(run->app)) {
		text.p[--text.len] = '\0'; /* a printed text ends its last line itself */
		run->app->face.print(run->app->face.self, text.p);
	} else {
		app_show(run->app, "Completion", &text);
	}
	buf_free(&text);
	run_end(run, ST_OK, NULL);
}

const struct command verb_completion = {
	.name = "completion",
	.args = {{"bash|zsh|fish|man", ARG_WORD, false}},
	.flags = COMMAND_VERB,
	.help = "a shell's completion, or the man page's tables",
	.run = do_completion,
	.check = check_completion,
};
