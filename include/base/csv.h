/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading CSV (RFC 4180) piece by piece: records with their line numbers, and what is wrong with malformed ones. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_FIELDS_MAX = 64, CSV_RECORD_MAX = 512 << 10 /* bytes */ };

/* A field that is empty and not in quotes is NULL, as psql has it; "" is the empty text. Valid until the next call. */
struct csv_record {
	uint64_t line; /* its first; a field in quotes may go on for several */
	size_t nfields;
	const char *const *fields; /* UTF-8, without bytes 0 */
	/* Of a bad one, and nothing else is set then: "has ...", for a sentence that begins with the line, and that
	 * line. */
	const char *why;
};

enum csv_got {
	CSV_MORE,   /* all bytes were used up */
	CSV_RECORD, /* *record is one */
	CSV_BAD,    /* *record tells why not; the next call goes on behind it */
};

/*
 * Lines end in \n or \r\n, a byte order mark at the very start is passed over, and so are empty lines. The memory in
 * use is that of one record of at most CSV_RECORD_MAX bytes.
 */
struct csv;
struct csv *csv_new(void);
void csv_free(struct csv *csv);
/* Takes bytes from *bytes, of which there are *n, up to the end of a record; both move on. */
enum csv_got csv_next(struct csv *csv, const char **bytes, size_t *n, struct csv_record *record);
/* There are no more bytes: the last record, where it has no line end. CSV_MORE: there is none. */
enum csv_got csv_end(struct csv *csv, struct csv_record *record);
/* True where the record that is being read cannot become a good one, however it goes on: *record tells why not. */
bool csv_is_lost(const struct csv *csv, struct csv_record *record);
bool csv_had_mark(const struct csv *csv); /* there was a byte order mark */

#endif
