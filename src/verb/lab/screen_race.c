/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word race of a lesson on the screen: the command load race with the ways that the lesson names, which asks first. */
#include "cli/run.h"
#include "screen_internal.h"

static void lab_screen_race_over(void *arg, enum status status)
{
	(void)arg;
	(void)status; /* the command has said what there is to say */
}

enum status lab_screen_race(const struct call *call, struct err *err)
{
	struct buf line = {0};
	if (!lesson_race_show(&line, player_lesson(call->player), (long)player_order(call->player)))
		return err_set(err, ST_USAGE, "this lesson names no ways to race; :load race WAY WAY... races any");
	command_run(call->app, line.p, lab_screen_race_over, NULL);
	buf_free(&line);
	return ST_OK;
}
