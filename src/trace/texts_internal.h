/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of statements in a trace: each is written once, in a line of its own, and named by its number afterwards. */
#ifndef TRACE_TEXTS_INTERNAL_H
#define TRACE_TEXTS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/json.h"

enum {
	TEXTS_MAX = 512,          /* of one trace: later ones stand where they are */
	TEXTS_SHORT = 24,         /* bytes; shorter ones do, too */
	TEXTS_LONG = 4096,        /* and longer ones */
	TEXTS_READ_MAX = 8 << 10, /* that are believed of a file, where a byte may have become several */
};

struct texts;
struct texts *texts_new(void);
void texts_free(struct texts *texts); /* NULL is fine */

/* To write: the number of a text; 0: it has none. *is_new: its line is to be written first. */
unsigned texts_number(struct texts *texts, const char *text, bool *is_new);

/* To read: takes a line, {"state":"text","number":7,"is":"UPDATE ..."}; false where it is none. */
bool texts_take(struct texts *texts, const struct json_object *object);
const char *texts_at(const struct texts *texts, int64_t number); /* borrowed; NULL: there is none of that number */

#endif
