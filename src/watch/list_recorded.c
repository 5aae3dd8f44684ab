/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of sessions as it is shown, line by line; written into a trace, and made of what a trace says. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "list_internal.h"
#include "trace/members.h"

enum {
	RECORDED_CELL = 2000, /* bytes of each */
	RECORDED_BLOCK = 60,  /* lines; three times as many are written: SESSIONS_RECORDED at most */
};

static const char *const recorded_looks[] = {"in a circle", "waits", "holds", "in transaction", "idle"};

/* ---- a line ---- */

void session_list_cell(struct buf *out, const struct session_list *list, size_t i, enum session_cell cell)
{
	if (!list->was)
		session_add_cell(out, list->sessions, &list->lines[i], cell);
	else if (list->was->lines[i].cells[cell])
		buf_str(out, list->was->lines[i].cells[cell]);
}

enum session_look session_list_look(const struct session_list *list, size_t i)
{
	if (list->was)
		return list->was->lines[i].look;
	const struct sessions_line *line = &list->lines[i];
	if (line->circle)
		return SESSION_IN_CIRCLE;
	if (i < list->tree)
		return line->depth ? SESSION_WAITS : SESSION_HOLDS;
	return list->sessions->at[line->session].xact_us >= 0 ? SESSION_IN_TRANSACTION : SESSION_IDLE;
}

struct session_list_about session_list_about(const struct session_list *list)
{
	const struct sessions *sessions = list->sessions;
	if (list->was)
		return list->was->about;
	if (!sessions)
		return (struct session_list_about){0};
	return (struct session_list_about){true, sessions->more, sessions->nwaits, sessions->hidden};
}

/* ---- written ---- */

/* What others send holds values, and so does the name of what is waited for. */
static bool recorded_tells(enum session_cell cell, bool values)
{
	return values || (cell != CELL_STATEMENT && cell != CELL_WAITS);
}

static void recorded_add_line(struct buf *out, const struct session_list *list, size_t i, bool values)
{
	members_object(out);
	members_word(out, "is", recorded_looks[session_list_look(list, i)]);
	members_list(out, "cells");
	for (enum session_cell cell = 0; cell < SESSION_CELLS; cell++) {
		struct buf text = {0};
		session_list_cell(&text, list, i, cell);
		if (text.len > RECORDED_CELL)
			text.p[text.len = RECORDED_CELL] = '\0';
		members_item(out, text.len && recorded_tells(cell, values) ? text.p : NULL);
		buf_free(&text);
	}
	members_list_end(out);
	members_object_end(out);
}

void session_list_record(struct buf *out, const struct session_list *list, bool values)
{
	struct session_list_about about = session_list_about(list);
	size_t block = list->selected / RECORDED_BLOCK * RECORDED_BLOCK, to = block + 2 * RECORDED_BLOCK;
	size_t from = block > RECORDED_BLOCK ? block - RECORDED_BLOCK : 0;
	to = to < list->n ? to : list->n;
	members_text(out, "error", session_list_error(list), RECORDED_CELL);
	members_true(out, "known", about.known);
	members_true(out, "more", about.more || from > 0 || to < list->n);
	members_number(out, "waits", about.waits);
	members_number(out, "hidden", about.hidden);
	members_number(out, "selected", list->selected - from);
	members_list(out, "lines");
	for (size_t i = from; i < to; i++)
		recorded_add_line(out, list, i, values);
	members_list_end(out);
}

/* ---- read ---- */

void list_was_free(struct list_was *was)
{
	if (!was)
		return;
	for (size_t i = 0; i < SESSIONS_RECORDED; i++)
		for (size_t cell = 0; cell < SESSION_CELLS; cell++)
			free(was->lines[i].cells[cell]);
	free(was->lines);
	free(was->error);
	free(was);
}

static size_t recorded_size(const struct json_object *object, const char *key)
{
	int64_t number = json_object_number(object, key, 0);
	return number > 0 ? (size_t)number : 0;
}

static void recorded_take_line(struct list_was_line *line, const struct json_object *object)
{
	const char *is = json_object_text(object, "is");
	int look = SESSION_IDLE;
	while (look > 0 && (!is || strcmp(is, recorded_looks[look]) != 0))
		look--;
	line->look = is && strcmp(is, recorded_looks[look]) == 0 ? (enum session_look)look : SESSION_IDLE;
	for (size_t cell = 0; cell < SESSION_CELLS; cell++)
		line->cells[cell] = mem_dup(json_object_item(object, "cells", cell));
}

struct session_list *session_list_recorded(const struct json_object *object)
{
	struct session_list *list = NEW(struct session_list);
	size_t n = json_object_length(object, "lines");
	list->was = NEW(struct list_was);
	list->was->lines = mem_array(SESSIONS_RECORDED, sizeof *list->was->lines);
	list->was->error = mem_dup(json_object_text(object, "error"));
	list->was->about = (struct session_list_about){
		.known = json_object_true(object, "known"),
		.more = json_object_true(object, "more"),
		.waits = recorded_size(object, "waits"),
		.hidden = recorded_size(object, "hidden"),
	};
	list->n = n < SESSIONS_RECORDED ? n : SESSIONS_RECORDED;
	list->read_at = recorded_size(object, "read_us");
	for (size_t i = 0; i < list->n; i++)
		recorded_take_line(&list->was->lines[i], json_object_item_object(object, "lines", i));
	session_list_select(list, recorded_size(object, "selected"));
	return list;
}
