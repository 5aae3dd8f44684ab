/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids and failures as people read them: escaped, cut, and in words of the bank. */
#include "say.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "base/buf.h"
#include "base/text.h"

enum { ID_COLUMNS = 40 };

struct said say_id(const char *id)
{
	struct said said;
	struct buf buf = {0};
	text_escape(&buf, id, strlen(id), ID_COLUMNS);
	size_t n = buf.len;
	if (n >= sizeof said.text) { /* piled up combining marks take bytes but no columns */
		n = sizeof said.text - 1;
		while (n > 0 && (buf.p[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(said.text, buf_text(&buf), n);
	said.text[n] = '\0';
	buf_free(&buf);
	return said;
}

static bool out_of_range(const struct catalogue *catalogue, const char *id)
{
	errno = 0;
	long long n = strtoll(id, NULL, 10);
	return errno == ERANGE || n > catalogue->id_max || n < -catalogue->id_max - 1;
}

bool say_id_is_odd(const struct catalogue *catalogue, const char *id)
{
	uuid_t uuid;
	if (catalogue->id_is_number)
		return !text_is_integer(id) || out_of_range(catalogue, id);
	return strcmp(catalogue->id_type, "uuid") == 0 && uuid_parse(id, uuid) != 0;
}

bool say_no_such_id(const struct catalogue *catalogue, const char *id, const struct answer *answer, struct err *err)
{
	struct said said = say_id(id);
	enum sql_value value = sqlstate_value(answer->sqlstate, answer->message);
	if (value == VALUE_FINE)
		return false;
	if (catalogue->id_is_number && !say_id_is_odd(catalogue, id))
		return false; /* the table is no longer what the catalogue says */
	if (value == VALUE_RANGE && catalogue->id_is_number)
		err_set(err, ST_REJECTED, "there is no account %s: ids of this table go up to %" PRId64, said.text,
			catalogue->id_max);
	else
		err_set(err, ST_REJECTED, "there is no account %s: ids of this table are %s", said.text,
			catalogue->id_is_number                   ? "integers"
			: strcmp(catalogue->id_type, "uuid") == 0 ? "UUIDs"
								  : "text");
	return true;
}

void say_failed_read(const struct catalogue *catalogue, const struct answer *answer, struct err *err)
{
	struct said said = say_id(catalogue->name);
	if (answer->lost)
		err_set(err, ST_LOST, "the connection was lost: %s", answer->message);
	else
		answer_tell(err, ST_STATEMENT, answer, "%s cannot be read", said.text);
}
