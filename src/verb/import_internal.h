/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An import as its own files see it. */
#ifndef VERB_IMPORT_INTERNAL_H
#define VERB_IMPORT_INTERNAL_H

#include "app/app_private.h"
#include "app/bulk.h"
#include "base/csv.h"
#include "base/reader.h"
#include "import_chunk.h"

/*
 * Reading and writing take turns: a piece of the file is read, its records go into a chunk, and once that is full (or
 * the file ends) it is written, and the rest of the piece goes on. So no more than a chunk and a piece are in memory.
 */
struct import {
	struct app *app;
	struct bulk *bulk;
	char *file;
	struct reader *reader;
	struct csv *csv;
	struct intake *intake; /* NULL before the header was read */
	size_t ncolumns, id_at, balance_at;
	bool computed[CSV_FIELDS_MAX]; /* by the server, so that they are passed over */
	bool skip;                     /* bad lines are told and left out */
	uint64_t from_line;            /* lines before it are passed over */
	unsigned chunk;

	const char *piece; /* what was read and not looked at yet */
	size_t npiece;
	bool ended; /* of the file */
	bool stopped;
	bool over; /* nothing more is to be done, and `err` says why, or is empty */
	struct err err;
	uint64_t left_out;
};

/* import.c */
void import_end(struct import *import, enum status status, const char *why);
void import_written(void *arg, const struct err *err); /* a chunk is over; arg is the import */

/* import_lines.c: the header, then rows into the chunk, whatever is wrong with them. May end the import. */
void import_take(struct import *import, enum csv_got got, const struct csv_record *record);
void import_bad_line(struct import *import, uint64_t line, const char *why);

#endif
