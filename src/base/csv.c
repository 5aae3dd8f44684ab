/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading CSV (RFC 4180) piece by piece: records with their line numbers, and what is wrong with malformed ones. */
#include "base/csv.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

/*
 * START at the first byte of a field; PLAIN inside one without quotes; QUOTED inside quotes; CLOSED behind a quote
 * that closes, or is the first half of a doubled one; RETURN behind a \r that must be followed by \n. What is wrong
 * is remembered and the record is read to its end, so that the next one begins where people see it begin.
 */
enum state { START, PLAIN, QUOTED, CLOSED, RETURN };

struct csv {
	enum state state;
	struct buf text; /* the fields, each ended by a byte 0 */
	size_t begins[CSV_FIELDS_MAX];
	bool quoted[CSV_FIELDS_MAX]; /* was in quotes: empty is not NULL */
	const char *fields[CSV_FIELDS_MAX];
	size_t nfields;  /* ended ones; the one being read is the next */
	size_t size;     /* bytes of the record so far */
	uint64_t line;   /* of the next byte */
	uint64_t first;  /* of the record */
	uint64_t opened; /* line of the quote that opened last */
	bool ended;      /* the record was given out: its memory is free with the next byte */
	const char *why;
	uint64_t why_line;
	size_t mark; /* bytes of a byte order mark so far */
};

static const unsigned char mark[] = {0xef, 0xbb, 0xbf};

struct csv *csv_new(void)
{
	struct csv *csv = NEW(struct csv);
	csv->line = csv->first = 1;
	return csv;
}

void csv_free(struct csv *csv)
{
	if (!csv)
		return;
	buf_free(&csv->text);
	free(csv);
}

bool csv_had_mark(const struct csv *csv)
{
	return csv->mark == sizeof mark;
}

/* The first thing that is wrong decides. */
static void csv_blame(struct csv *csv, const char *why, uint64_t line)
{
	if (csv->why)
		return;
	csv->why = why;
	csv->why_line = line;
}

/* ---- fields ---- */

static void csv_add(struct csv *csv, char c)
{
	if (c == '\0')
		csv_blame(csv, "has a byte 0 in it", csv->line);
	else if (csv->size > CSV_RECORD_MAX)
		csv_blame(csv,
			  csv->state == QUOTED ? "is longer than 524288 bytes: is a quote not closed?"
					       : "is longer than 524288 bytes",
			  csv->first);
	else if (!csv->why)
		buf_char(&csv->text, c);
}

static void csv_begin_field(struct csv *csv)
{
	csv->state = START;
	if (csv->nfields == CSV_FIELDS_MAX) {
		csv_blame(csv, "has more than 64 fields", csv->first);
		return;
	}
	csv->begins[csv->nfields] = csv->text.len;
	csv->quoted[csv->nfields] = false;
}

static void csv_end_field(struct csv *csv)
{
	if (csv->nfields < CSV_FIELDS_MAX)
		csv->nfields++;
	buf_add(&csv->text, "", 1);
}

/* ---- records ---- */

static bool csv_is_valid(const struct buf *text)
{
	uint32_t cp;
	for (size_t at = 0; at < text->len;) {
		at += text_decode(text->p + at, text->len - at, &cp);
		if (cp == UINT32_MAX)
			return false;
	}
	return true;
}

static void csv_forget(struct csv *csv)
{
	buf_clear(&csv->text);
	csv->nfields = csv->size = 0;
	csv->ended = false;
	csv->why = NULL;
	csv->first = csv->line;
	csv_begin_field(csv);
}

static enum csv_got csv_finish(struct csv *csv, struct csv_record *record)
{
	if (!csv->why && !csv_is_valid(&csv->text))
		csv_blame(csv, "is not valid UTF-8", csv->first);
	if (csv->why) {
		*record = (struct csv_record){.line = csv->why_line, .why = csv->why};
		return CSV_BAD;
	}
	for (size_t i = 0; i < csv->nfields; i++) {
		const char *field = csv->text.p + csv->begins[i];
		csv->fields[i] = field[0] || csv->quoted[i] ? field : NULL;
	}
	*record = (struct csv_record){.line = csv->first, .nfields = csv->nfields, .fields = csv->fields};
	return CSV_RECORD;
}

bool csv_is_lost(const struct csv *csv, struct csv_record *record)
{
	*record = (struct csv_record){.line = csv->why_line, .why = csv->why};
	return csv->why && !csv->ended;
}

/* ---- bytes ---- */

/* A quote opens a field or closes it; anywhere else it is wrong. */
static void csv_take_quote(struct csv *csv)
{
	if (csv->state == START) {
		csv->state = QUOTED;
		csv->opened = csv->line;
		if (csv->nfields < CSV_FIELDS_MAX)
			csv->quoted[csv->nfields] = true;
	} else if (csv->state == QUOTED) {
		csv->state = CLOSED;
	} else if (csv->state == CLOSED) {
		csv->state = QUOTED;
		csv_add(csv, '"');
	} else {
		csv_blame(csv, "has a quote in a field that does not begin with one", csv->line);
	}
}

/* True at the end of a record. */
static bool csv_take_plain(struct csv *csv, char c)
{
	if (c == '\n' || c == ',') {
		csv_end_field(csv);
		if (c == ',')
			csv_begin_field(csv);
		return c == '\n';
	}
	if (csv->state == CLOSED && c != '\r')
		csv_blame(csv, "has text after a closing quote", csv->line);
	csv->state = c == '\r' ? RETURN : PLAIN;
	if (c != '\r')
		csv_add(csv, c);
	return false;
}

static bool csv_take(struct csv *csv, char c)
{
	csv->size++;
	if (csv->state == RETURN && c != '\n') {
		csv_blame(csv, "has a carriage return in it that does not end it", csv->line);
		csv->state = PLAIN;
	}
	if (c == '"') {
		csv_take_quote(csv);
		return false;
	}
	if (csv->state != QUOTED)
		return csv_take_plain(csv, c);
	csv_add(csv, c);
	return false;
}

/* A byte order mark is no part of the first field, but what only begins like one is. */
static bool csv_take_mark(struct csv *csv, char c)
{
	if (csv->mark >= sizeof mark)
		return false;
	if ((unsigned char)c == mark[csv->mark] && csv->size == 0 && csv->first == 1) {
		csv->mark++;
		return true;
	}
	size_t like = csv->mark;
	csv->mark = sizeof mark + 1;
	for (size_t i = 0; i < like; i++)
		csv_take(csv, (char)mark[i]);
	return false;
}

static bool csv_is_empty(const struct csv *csv)
{
	return csv->nfields <= 1 && csv->text.len <= 1 && !csv->quoted[0] && !csv->why;
}

enum csv_got csv_next(struct csv *csv, const char **bytes, size_t *n, struct csv_record *record)
{
	while (*n > 0) {
		if (csv->ended)
			csv_forget(csv);
		char c = *(*bytes)++;
		(*n)--;
		if (csv_take_mark(csv, c))
			continue;
		csv->ended = csv_take(csv, c);
		csv->line += c == '\n';
		if (csv->ended && !csv_is_empty(csv))
			return csv_finish(csv, record);
	}
	return CSV_MORE;
}

enum csv_got csv_end(struct csv *csv, struct csv_record *record)
{
	if (csv->ended)
		csv_forget(csv);
	if (csv->size == 0)
		return CSV_MORE;
	if (csv->state == QUOTED)
		csv_blame(csv, "has a quote that is never closed", csv->opened);
	csv_end_field(csv);
	csv->ended = true;
	return csv_is_empty(csv) ? CSV_MORE : csv_finish(csv, record);
}
