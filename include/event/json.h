/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing and reading JSON; the only door to jansson. */
#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends s as a JSON string with quotes; NULL becomes null. False where some bytes are not UTF-8: 0xe9 becomes
 * \udce9, half of a surrogate pair, as no text has it (Python's surrogateescape reads it back). */
bool json_add_string(struct buf *out, const char *s, size_t n);

/* An object that was read. Texts are borrowed from it; what is missing, or of another type, is NULL, the other number,
 * or false. */
struct json_object;
struct json_object *json_object_read(const char *bytes, size_t n); /* owned; NULL where they are no object */
void json_object_free(struct json_object *object);                 /* NULL is fine */
const char *json_object_text(const struct json_object *object, const char *key);
int64_t json_object_number(const struct json_object *object, const char *key, int64_t other);
bool json_object_true(const struct json_object *object, const char *key);
const struct json_object *json_object_inner(const struct json_object *object, const char *key); /* an object in it */
size_t json_object_length(const struct json_object *object, const char *key); /* of a list in it; 0: there is none */
const char *json_object_item(const struct json_object *object, const char *key, size_t i); /* a text of that list */
int64_t json_object_item_number(const struct json_object *object, const char *key, size_t i, int64_t other);
const struct json_object *json_object_item_object(const struct json_object *object, const char *key, size_t i);

/* A list by itself, or an object, which has no items. */
struct json_object *json_line_read(const char *bytes, size_t n); /* owned; NULL where they are neither */
bool json_is_list(const struct json_object *line);
size_t json_list_length(const struct json_object *list);
/* False where there is no text and no null, or no whole number, at that place. */
bool json_list_text(const struct json_object *list, size_t i, const char **text);
bool json_list_number(const struct json_object *list, size_t i, int64_t *number);

#endif
