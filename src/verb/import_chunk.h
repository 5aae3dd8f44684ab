/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks of accounts on their way into the table: kept whole or not at all, and which line was not taken. */
#ifndef VERB_IMPORT_CHUNK_H
#define VERB_IMPORT_CHUNK_H

#include <stdint.h>

#include "bank/insert_body.h"
#include "base/err.h"

struct app;
struct intake;

struct intake_spec {
	const char *const *columns; /* names, copied into SQL */
	size_t ncolumns;
	unsigned chunk; /* rows */
	bool skip;      /* rows that are not taken are left out */
	/* A row was not taken: "has ...", for a sentence that begins with the line. With `skip` it is left out; else
	 * it ends the chunk. */
	void (*bad)(void *arg, uint64_t line, const char *why);
	/* Comes from the loop when the chunk is over. err NULL: all of it is kept, but for what was left out. Its
	 * sentence is "" where bad() has told it. */
	void (*done)(void *arg, const struct err *err);
	void *arg;
};

struct intake *intake_new(struct app *app, const struct intake_spec *spec);
void intake_free(struct intake *intake); /* NULL is fine */

void intake_add(struct intake *intake, uint64_t line, const char *const *cells); /* copied */
bool intake_is_full(const struct intake *intake);
bool intake_is_empty(const struct intake *intake);
void intake_write(struct intake *intake); /* the chunk, which is not empty */
bool intake_is_writing(const struct intake *intake);
void intake_cancel(struct intake *intake);

uint64_t intake_kept(const struct intake *intake);   /* accounts of all chunks so far */
uint64_t intake_resume(const struct intake *intake); /* the first line behind them */

#endif
