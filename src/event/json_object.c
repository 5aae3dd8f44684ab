/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a JSON object or list through jansson: texts, whole numbers and flags, by their keys or places. */
#include <jansson.h>

#include "event/json.h"

/* A json_t under another name: it is never looked into here. */
static const json_t *json_object_at(const struct json_object *object, const char *key)
{
	return json_object_get((const json_t *)(const void *)object, key);
}

struct json_object *json_object_read(const char *bytes, size_t n)
{
	json_t *value = json_loadb(bytes, n, 0, NULL);
	if (value && !json_is_object(value)) {
		json_decref(value);
		value = NULL;
	}
	return (struct json_object *)(void *)value;
}

void json_object_free(struct json_object *object)
{
	json_decref((json_t *)(void *)object);
}

const char *json_object_text(const struct json_object *object, const char *key)
{
	return json_string_value(json_object_at(object, key));
}

int64_t json_object_number(const struct json_object *object, const char *key, int64_t other)
{
	const json_t *value = json_object_at(object, key);
	return json_is_integer(value) ? json_integer_value(value) : other;
}

bool json_object_true(const struct json_object *object, const char *key)
{
	return json_is_true(json_object_at(object, key));
}

const struct json_object *json_object_inner(const struct json_object *object, const char *key)
{
	const json_t *value = json_object_at(object, key);
	return json_is_object(value) ? (const struct json_object *)(const void *)value : NULL;
}

size_t json_object_length(const struct json_object *object, const char *key)
{
	return json_array_size(json_object_at(object, key));
}

const char *json_object_item(const struct json_object *object, const char *key, size_t i)
{
	return json_string_value(json_array_get(json_object_at(object, key), i));
}

int64_t json_object_item_number(const struct json_object *object, const char *key, size_t i, int64_t other)
{
	const json_t *value = json_array_get(json_object_at(object, key), i);
	return json_is_integer(value) ? json_integer_value(value) : other;
}

const struct json_object *json_object_item_object(const struct json_object *object, const char *key, size_t i)
{
	const json_t *value = json_array_get(json_object_at(object, key), i);
	return json_is_object(value) ? (const struct json_object *)(const void *)value : NULL;
}

/* ---- lists ---- */

static const json_t *json_list_at(const struct json_object *list, size_t i)
{
	return json_array_get((const json_t *)(const void *)list, i);
}

struct json_object *json_line_read(const char *bytes, size_t n)
{
	return (struct json_object *)(void *)json_loadb(bytes, n, 0, NULL);
}

bool json_is_list(const struct json_object *line)
{
	return json_is_array((const json_t *)(const void *)line);
}

size_t json_list_length(const struct json_object *list)
{
	return json_array_size((const json_t *)(const void *)list);
}

bool json_list_text(const struct json_object *list, size_t i, const char **text)
{
	const json_t *value = json_list_at(list, i);
	*text = json_string_value(value);
	return *text || json_is_null(value);
}

bool json_list_number(const struct json_object *list, size_t i, int64_t *number)
{
	const json_t *value = json_list_at(list, i);
	if (!json_is_integer(value))
		return false;
	*number = json_integer_value(value);
	return true;
}
