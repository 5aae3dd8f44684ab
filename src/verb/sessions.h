/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command sessions, as its own files see it. */
#ifndef VERB_SESSIONS_H
#define VERB_SESSIONS_H

#include <stdio.h>

#include "app/output_format.h"
#include "app/sessions.h"
#include "verb_internal.h"

/* sessions_table.c: the list in a format; `tree`: only who holds and who waits. */
enum status sessions_write(FILE *to, enum output_format format, const struct sessions *sessions, bool tree,
			   struct app *app, struct err *err);
/* What is missing in the list, and what to do: lines of harmless text, each ended by a newline; nothing where all is
 * there. */
void sessions_add_missing(struct buf *out, const struct sessions *sessions, const struct who *who);

/* sessions_print.c: the list in plain mode. */
enum status sessions_every(const struct run *run, uint64_t *every_ms, struct err *err); /* of --watch; 0: once */
void sessions_print(struct run *run);

/* sessions_show.c: session number `at` in full. */
void sessions_show_one(struct app *app, const struct sessions *sessions, long at);

/* sessions_one.c: one session, by its number: shown, its statement cancelled, or ended. */
enum status sessions_check_one(const struct run *run, struct err *err);
enum status sessions_prepare_one(struct run *run, struct err *err); /* the selected one, where none is named */
void sessions_describe_one(struct buf *out, const struct run *run);
void sessions_one(struct run *run);

#endif
