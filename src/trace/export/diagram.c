/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a sequence diagram: lanes, rows, spans, and sentences about what is left out. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "diagram_internal.h"
#include "event/show.h"

/* A run of blanks, of which a newline is one, is a blank. */
void diagram_set(char **text, const char *raw, size_t columns)
{
	struct buf line = {0}, out = {0};
	bool blank = false;
	for (const char *p = raw ? raw : ""; *p && line.len <= columns * 8; p++) {
		bool is_blank = *p == ' ' || *p == '\n' || *p == '\t' || *p == '\r';
		if (is_blank && !blank && line.len)
			buf_char(&line, ' ');
		else if (!is_blank)
			buf_char(&line, *p);
		blank = is_blank;
	}
	text_escape(&out, buf_text(&line), line.len, columns);
	free(*text);
	*text = buf_take(&out);
	buf_free(&line);
}

void diagram_leave_out(struct diagram *diagram, const char *fmt, ...)
{
	struct buf text = {0};
	char sentence[400];
	va_list args;
	va_start(args, fmt);
	vsnprintf(sentence, sizeof sentence, fmt, args);
	va_end(args);
	text_escape(&text, sentence, strlen(sentence), 0);
	diagram->left_out = mem_grow(diagram->left_out, diagram->nleft_out, sizeof *diagram->left_out);
	diagram->left_out[diagram->nleft_out++] = buf_take(&text);
}

/* Load has several sessions of a kind: each transaction that runs beside others has a lane of its own. */
static bool diagram_fits(const struct diagram_lane *lane, const struct event *event)
{
	return lane->session == event->session && (!event->txn || !lane->txn || lane->txn == event->txn);
}

static size_t diagram_find_lane(const struct diagram *diagram, const struct event *event)
{
	for (size_t i = 1; event->txn && i < diagram->nlanes; i++)
		if (diagram->lanes[i].session == event->session && diagram->lanes[i].txn == event->txn)
			return i;
	for (size_t i = 1; i < diagram->nlanes; i++)
		if (diagram_fits(&diagram->lanes[i], event))
			return i;
	return diagram->nlanes;
}

static void diagram_name_lane(struct diagram *diagram, struct diagram_lane *lane, const struct event *event)
{
	struct buf name = {0};
	unsigned same = 1;
	for (size_t i = 1; i < diagram->nlanes; i++)
		same += diagram->lanes[i].session == event->session;
	buf_str(&name, event->lane && event->lane[0] ? event->lane : show_session(event->session));
	if (same > 1)
		buf_fmt(&name, " %u", same);
	diagram_set(&lane->name, buf_text(&name), DIAGRAM_NAME_MAX);
	buf_free(&name);
}

size_t diagram_lane(struct diagram *diagram, const struct event *event)
{
	size_t i = diagram_find_lane(diagram, event);
	if (i == DIAGRAM_LANES_MAX)
		return SIZE_MAX;
	struct diagram_lane *lane = &diagram->lanes[i];
	if (i == diagram->nlanes) {
		lane->session = event->session;
		diagram_name_lane(diagram, lane, event);
		diagram->nlanes++;
	}
	if (event->txn && event->kind != EVENT_BLOCKED)
		lane->txn = event->kind == EVENT_OUTCOME ? 0 : event->txn;
	return i;
}

/* Takes the texts of `row`. */
struct diagram_row *diagram_add(struct diagram *diagram, const struct diagram_row *row)
{
	diagram->rows = mem_grow(diagram->rows, diagram->nrows, sizeof *diagram->rows);
	struct diagram_row *added = &diagram->rows[diagram->nrows++];
	*added = *row;
	char **const texts[] = {&added->who, &added->what, &added->answer, &added->detail, &added->ms, &added->mark};
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		*texts[i] = *texts[i] ? *texts[i] : mem_dup("");
	return added;
}

void diagram_add_span(struct diagram_span **spans, size_t *n, const struct diagram_span *span)
{
	*spans = mem_grow(*spans, *n, sizeof **spans);
	(*spans)[(*n)++] = *span;
}

static int diagram_by_session(const void *a, const void *b, void *arg)
{
	const struct diagram_lane *lanes = arg;
	enum session one = lanes[*(const size_t *)a].session, other = lanes[*(const size_t *)b].session;
	return (one > other) - (one < other);
}

/* The server's rows stand in the middle, so that few arrows cross a lane. */
void diagram_put_in_order(struct diagram *diagram)
{
	size_t *order = diagram->order, middle = diagram->nlanes / 2;
	for (size_t i = 0; i < diagram->nlanes; i++)
		order[i] = i;
	qsort_r(order, diagram->nlanes, sizeof *order, diagram_by_session, diagram->lanes);
	memmove(order, order + 1, middle * sizeof *order);
	order[middle] = 0;
}

void diagram_free(struct diagram *diagram)
{
	for (size_t i = 0; i < diagram->nrows; i++) {
		struct diagram_row *row = &diagram->rows[i];
		char *texts[] = {row->who, row->what, row->answer, row->detail, row->ms, row->mark};
		for (size_t k = 0; k < COUNT_OF(texts); k++)
			free(texts[k]);
	}
	for (size_t i = 0; i < diagram->nlanes; i++)
		free(diagram->lanes[i].name);
	for (size_t i = 0; i < diagram->nleft_out; i++)
		free(diagram->left_out[i]);
	free(diagram->left_out);
	free(diagram->rows);
	free(diagram->bands);
	free(diagram->waits);
	free(diagram->title);
	free(diagram->about);
}
