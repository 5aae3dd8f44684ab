/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong on a stage as an error with its sentence, for all that play a lesson by themselves. */
#include "failure.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { FAILURE_STEP = 40, FAILURE_SAID = 400, FAILURE_LEFT = 200 }; /* columns */

void failure_take(struct err *err, const struct spec *spec, const struct stage_fact *fact)
{
	struct buf step = {0}, text = {0};
	const char *name = fact->record ? spec->steps[fact->record->step].name : "";
	const char *said = fact->word ? fact->word->message : fact->text ? fact->text : "";
	text_escape(&step, name, strlen(name), FAILURE_STEP);
	text_escape(&text, said, strcspn(said, "\n"), FAILURE_SAID);
	const char *s = buf_text(&step), *t = buf_text(&text);
	switch (fact->fail) {
	case FAIL_CONNECT:
		err_set(err, ST_CONNECT, "a session cannot connect: %s", t);
		break;
	case FAIL_POOL:
		err_set(err, ST_CONNECT, "%s", t);
		break;
	case FAIL_SCHEMA:
		err_set(err, ST_STATEMENT, "%s", t);
		break;
	case FAIL_SET_UP:
		err_set(err, ST_STATEMENT, "the set-up was refused: %s", t);
		break;
	case FAIL_SEND:
	case FAIL_LOST:
		err_set(err, ST_LOST, "step %s cannot be run, its connection has ended: %s", s, t);
		break;
	case FAIL_CONTROL:
		err_set(err, ST_LOST, "the server cannot be asked who waits: %s", t);
		break;
	case FAIL_TIME:
	case FAIL_STILL:
		err_set(err, ST_STATEMENT, "step %s has not ended after %u seconds: nothing in this order frees it", s,
			fact->seconds);
		break;
	case FAIL_TOGETHER:
		err_set(err, ST_STATEMENT, "the steps that are left hold each other back by their marks");
		break;
	case FAIL_IMPOSSIBLE: /* is no failure of the play: the next order comes */
		break;
	}
	buf_free(&step);
	buf_free(&text);
}

void failure_take_leftover(struct err *err, const char *left)
{
	struct buf why = {0};
	if (!left || err->status)
		return;
	text_escape(&why, left, strcspn(left, "\n"), FAILURE_LEFT);
	err_set(err, ST_STATEMENT, "not all was torn down: %s", buf_text(&why));
	buf_free(&why);
}
