/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the members of an object of a trace, with commas between them: what is not there is left out. */
#ifndef TRACE_MEMBERS_H
#define TRACE_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "event/event.h"

void members_key(struct buf *out, const char *key);                     /* the value follows */
void members_number(struct buf *out, const char *key, uint64_t number); /* unless it is 0 */
void members_signed(struct buf *out, const char *key, int64_t number);
void members_true(struct buf *out, const char *key, bool value);       /* unless it is false */
void members_word(struct buf *out, const char *key, const char *word); /* one of the format's own; NULL: true */
/* At most `max` bytes of it, without the password of a connection string or of a role; a byte that is no text stands
 * there as people see it: \xe9. NULL: nothing. */
void members_text(struct buf *out, const char *key, const char *s, size_t max);

void members_outcome(struct buf *out, const char *key, enum outcome outcome); /* as a word */
enum outcome members_outcome_of(const char *word); /* OUTCOME_NONE for NULL, and where there is no such word */

/* A list of texts, each of which may be NULL, without passwords as above. */
void members_list(struct buf *out, const char *key);
void members_item(struct buf *out, const char *s);
void members_item_number(struct buf *out, int64_t number);
void members_list_end(struct buf *out);

/* An object, in a list or behind members_key(); its members follow. */
void members_object(struct buf *out);
void members_object_end(struct buf *out);

#endif
