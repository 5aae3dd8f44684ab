/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a run, from the answer to its question to its end. */
#include "app/run.h"

#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"

const char *run_option(const struct run *run, const char *name)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && run->command->options[i].name; i++)
		if (strcmp(run->command->options[i].name, name) == 0)
			return run->options[i];
	return NULL;
}

void run_free(struct run *run)
{
	for (size_t i = 0; i < COMMAND_ARGS_MAX; i++)
		free(run->args[i]);
	for (size_t i = 0; i < run->nmore; i++)
		free(run->more[i]);
	free(run->more);
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX; i++)
		free(run->options[i]);
	free(run->line);
	free(run->work);
	free(run);
}

void run_end(struct run *run, enum status status, const char *sentence)
{
	struct app *app = run->app;
	if (sentence)
		app_say(app, status, "%s", sentence);
	if (run->command && (run->command->flags & COMMAND_BANK))
		reconnect_if_outdated(app, status != ST_OK);
	app->private->told = app_tells(app);
	app_forget_run(app, run);
	void (*done)(void *arg, enum status status) = run->done;
	void *arg = run->arg;
	run_free(run);
	if (done)
		done(arg, status);
}

static void handle(void *arg, const struct err *err)
{
	struct run *run = arg;
	if (err)
		run_end(run, err->status, err->text);
	else
		run->command->run(run);
}

/* The connection may have gone while the question was open: it is asked for again. */
void run_confirmed(struct run *run)
{
	run->confirmed = true;
	waiters_wait(run->app, run->command->flags, handle, run);
}
