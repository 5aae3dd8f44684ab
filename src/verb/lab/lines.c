/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be said of a lesson, as lines. */
#include <string.h>

#include "lab_internal.h"

static void lab_lines_text(struct app *app, const char *indent, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		app_result(app, "%s%.*s", indent, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* "word: what it means", and its other lines below that. */
static void lab_lines_word(struct app *app, const struct story_item *item)
{
	size_t n = strcspn(item->text, "\n");
	app_result(app, "%s: %.*s", item->who, (int)n, item->text);
	lab_lines_text(app, "   ", item->text + n + (item->text[n] == '\n'));
}

static void lab_lines_item(struct app *app, const struct story_item *item)
{
	switch (item->kind) {
	case STORY_ERROR: /* is the sentence at the end */
	case STORY_LEFT:
	case STORY_SURPRISES: /* said at each step */
		break;
	case STORY_TITLE:
	case STORY_TEXT:
	case STORY_QUESTION:
	case STORY_ASTRAY:
	case STORY_SCORE:
		lab_lines_text(app, "", item->text);
		break;
	case STORY_PROGRAM:
		app_result(app, "In your program: lab program %s", item->text);
		break;
	case STORY_RACE:
		app_result(app, "Race them: %s", item->text);
		break;
	case STORY_WORD:
		lab_lines_word(app, item);
		break;
	case STORY_ANSWER:
		app_result(app, "   %zu  %s", item->number, item->text);
		break;
	case STORY_NEXT:
	case STORY_STEP:
		app_result(app, "%zu. %s: %s", item->number, item->who, item->text);
		break;
	case STORY_OUTCOME:
		if (item->late)
			app_result(app, "   step %zu, %s: %s", item->number, item->who, item->text);
		else
			app_result(app, "   %s", item->text);
		break;
	case STORY_ENGINE:
		app_result(app, "   %s: %s", item->who, item->text);
		break;
	case STORY_JUDGED:
	case STORY_REASON:
		lab_lines_text(app, "   ", item->text);
		break;
	case STORY_CHECK:
	case STORY_VERDICT:
		app_result(app, "%s: %s", item->colour == STORY_BAD ? "Surprise" : "Checked", item->text);
		break;
	}
}

void lab_lines(struct app *app, struct story_items *items)
{
	for (size_t i = 0; i < items->n; i++)
		lab_lines_item(app, &items->at[i]);
	story_items_free(items);
}
