/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values that a lesson's steps have read under a name, and where they are sent and told. */
#include "lab/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "places.h"

enum { TEXT_COLUMNS = 60 }; /* of a value in a text */

struct value {
	bool known;
	char *text; /* NULL: SQL NULL */
};

struct values {
	const struct lesson *lesson;
	long permutation;
	struct value *of; /* [nlets] */
};

struct values *values_new(const struct lesson *lesson)
{
	struct values *values = NEW(struct values);
	values->lesson = lesson;
	values->permutation = -1;
	values->of = mem_array(lesson->nlets + 1, sizeof *values->of);
	return values;
}

static void values_forget(struct values *values)
{
	for (size_t i = 0; i < values->lesson->nlets; i++) {
		free(values->of[i].text);
		values->of[i] = (struct value){0};
	}
}

void values_free(struct values *values)
{
	if (!values)
		return;
	values_forget(values);
	free(values->of);
	free(values);
}

void values_begin(struct values *values, long permutation)
{
	values_forget(values);
	values->permutation = permutation;
}

/* ---- learnt ---- */

void values_learn(struct values *values, size_t step, const struct rows *rows)
{
	const struct lesson *lesson = values->lesson;
	for (size_t i = 0; i < lesson->nlets; i++) {
		const struct lesson_let *let = &lesson->lets[i];
		size_t column = lesson_let_column(let, rows);
		bool holds = lesson_let_of(lesson, values->permutation, let->name, strlen(let->name)) == let;
		if ((size_t)let->scope.step != step || !holds || !rows || !rows->nrows || column == rows->ncols)
			continue;
		free(values->of[i].text);
		values->of[i].text = mem_dup(rows_cell(rows, 0, column));
		values->of[i].known = true;
	}
}

bool values_known(const struct values *values, size_t i, const char **text)
{
	*text = values->of[i].text;
	return values->of[i].known;
}

void values_set(struct values *values, size_t i, const char *text)
{
	free(values->of[i].text);
	values->of[i] = (struct value){.known = true, .text = text ? mem_dup(text) : NULL};
}

/* NULL: it is not known. */
static const struct value *values_find(const struct values *values, const char *name, size_t n)
{
	const struct lesson_let *let = values ? lesson_let_of(values->lesson, values->permutation, name, n) : NULL;
	const struct value *value = let ? &values->of[let - values->lesson->lets] : NULL;
	return value && value->known ? value : NULL;
}

/* ---- sent ---- */

/* The text of a text is quoted, a number is not. */
static void values_put(struct buf *out, const struct value *value, bool quoted)
{
	if (!value->text || !quoted) {
		buf_str(out, value->text ? value->text : "NULL");
		return;
	}
	buf_char(out, '\'');
	for (const char *c = value->text; *c; c++)
		buf_fmt(out, "%s%c", *c == '\'' ? "'" : "", *c);
	buf_char(out, '\'');
}

static const char *values_sql(const struct lesson *lesson, size_t step)
{
	return lesson->spec->steps[step].sql;
}

bool values_bind(const struct values *values, size_t step, struct values_sent *sent)
{
	struct buf sql = {0}, shown = {0};
	const char *whole = values_sql(values->lesson, step);
	size_t at = 0;
	*sent = (struct values_sent){0};
	for (size_t i = 0; i < values->lesson->nplaces; i++) {
		const struct lesson_place *place = &values->lesson->places[i];
		const struct value *value = values_find(values, place->name, strlen(place->name));
		if (place->step != step || !value)
			continue;
		buf_add(&sql, whole + at, place->from - at);
		buf_add(&shown, whole + at, place->from - at);
		sent->params[sent->n++] = mem_dup(value->text);
		buf_fmt(&sql, "$%zu", sent->n);
		values_put(&shown, value, whole[place->to - 1] == '\'');
		at = place->to;
	}
	buf_str(&sql, whole + at);
	buf_str(&shown, whole + at);
	sent->sql = buf_take(&sql);
	sent->shown = buf_take(&shown);
	if (!sent->n)
		values_sent_free(sent);
	return sent->n > 0;
}

void values_sent_free(struct values_sent *sent)
{
	free(sent->sql);
	free(sent->shown);
	for (size_t i = 0; i < sent->n; i++)
		free(sent->params[i]);
	*sent = (struct values_sent){0};
}

/* ---- told ---- */

void values_show(struct buf *out, const struct values *values, const struct lesson *lesson, size_t step)
{
	const char *whole = values_sql(lesson, step);
	size_t at = 0;
	for (size_t i = 0; i < lesson->nplaces; i++) {
		const struct lesson_place *place = &lesson->places[i];
		const struct value *value = values_find(values, place->name, strlen(place->name));
		if (place->step != step)
			continue;
		buf_add(out, whole + at, place->from - at);
		if (value)
			values_put(out, value, whole[place->to - 1] == '\'');
		else
			buf_fmt(out, ":%s", place->name);
		at = place->to;
	}
	buf_str(out, whole + at);
}

/* The bytes of NAME in "{NAME}..."; 0: that is not there. */
static size_t values_name(const char *text, size_t n)
{
	const char *end = n && *text == '{' ? memchr(text, '}', n) : NULL;
	size_t length = end ? (size_t)(end - text) - 1 : 0;
	return places_is_name(text + 1, length) ? length : 0;
}

void values_text(struct buf *out, const struct values *values, const char *text, size_t n)
{
	bool any = values && values->lesson->nlets > 0;
	while (n > 0) {
		size_t plain = any ? 0 : n;
		while (plain < n && !values_name(text + plain, n - plain))
			plain++;
		text_escape(out, text, plain, 0);
		text += plain;
		n -= plain;
		size_t name = values_name(text, n);
		if (!name)
			break;
		const struct value *value = values_find(values, text + 1, name);
		const char *said = !value ? text + 1 : value->text ? value->text : "NULL";
		text_escape(out, said, value ? strlen(said) : name, TEXT_COLUMNS);
		text += name + 2;
		n -= name + 2;
	}
}
