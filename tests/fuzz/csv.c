/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the CSV reader: it does not matter where pieces end, lines ascend, and fields written again are read as they
 * were. */
#include "base/csv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void add_field(struct buf *out, const char *field)
{
	if (!field)
		return;
	buf_char(out, '"');
	for (; *field; field++) {
		if (*field == '"')
			buf_char(out, '"');
		buf_char(out, *field);
	}
	buf_char(out, '"');
}

/* What it is, as CSV: the good records. A record of one NULL would be an empty line. */
static void add(struct buf *out, uint64_t *last, enum csv_got got, const struct csv_record *record)
{
	if (got == CSV_MORE)
		return;
	assert(record->line >= 1 && record->line >= *last);
	assert((got == CSV_BAD) == (record->why != NULL));
	*last = got == CSV_RECORD ? record->line : *last;
	for (size_t i = 0; got == CSV_RECORD && i < record->nfields; i++) {
		buf_str(out, i ? "," : "");
		add_field(out, record->fields[i]);
	}
	if (got == CSV_RECORD)
		buf_char(out, '\n');
}

static void read_in(struct buf *out, const char *bytes, size_t n, size_t piece)
{
	struct csv *csv = csv_new();
	struct csv_record record;
	uint64_t last = 0;
	for (size_t at = 0; at < n; at += piece) {
		const char *p = bytes + at;
		size_t left = n - at < piece ? n - at : piece;
		enum csv_got got;
		while ((got = csv_next(csv, &p, &left, &record)) != CSV_MORE)
			add(out, &last, got, &record);
		assert(left == 0);
	}
	add(out, &last, csv_end(csv, &record), &record);
	csv_free(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = {0}, pieces = {0}, again = {0};
	read_in(&whole, (const char *)data, n, n + 1);
	read_in(&pieces, (const char *)data, n, n > 0 ? data[0] % 7 + 1u : 1);
	assert(strcmp(buf_text(&whole), buf_text(&pieces)) == 0);
	read_in(&again, buf_text(&whole), whole.len, whole.len + 1);
	assert(strcmp(buf_text(&whole), buf_text(&again)) == 0);
	buf_free(&whole);
	buf_free(&pieces);
	buf_free(&again);
	return 0;
}
