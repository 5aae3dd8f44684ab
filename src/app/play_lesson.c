/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lesson of a recording: made from its text, with a player that shows how far it was. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lab/player.h"
#include "play_internal.h"

static void play_drop_player(struct app *app)
{
	player_free(app->player);
	app->player = NULL;
}

/* A text that is no lesson gives none. */
void play_take_lesson(struct app *app, const struct json_object *lesson)
{
	struct play *play = app->play;
	struct err err;
	const char *name = lesson ? json_object_text(lesson, "name") : NULL;
	const char *text = lesson ? json_object_text(lesson, "text") : NULL;
	play_drop_player(app);
	play->taken[TRACE_STATE_PLAYER] = PLAY_ANEW;
	lesson_free(play->lesson);
	free(play->lesson_name);
	play->lesson = name && text ? lesson_parse(name, text, strlen(text), &err) : NULL;
	play->lesson_name = mem_dup(name);
}

void play_take_player(struct app *app, const struct json_object *player)
{
	struct play *play = app->play;
	const char *name = player ? json_object_text(player, "name") : NULL;
	bool there = play->lesson && name && strcmp(name, play->lesson_name) == 0;
	play_drop_player(app);
	if (there)
		app->player = player_recorded(app->loop, app->ring, name, play->lesson, player);
}
