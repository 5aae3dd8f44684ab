/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spec of three steps with directives, for tests: read, or refused with a sentence. */
#include "tests/lab/directives.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/support/check.h"

static char *directives_spec(const char *general, const char *first, const char *second)
{
	struct buf text = {0};
	buf_fmt(&text, "session A step a1 {} step a2 {} session B step \"b one\" {}\n%s\n", general);
	buf_fmt(&text, "permutation a1 \"b one\"\n%s\npermutation a1 a2\n%s\n", first, second);
	return buf_take(&text);
}

struct lesson *directives_parsed(const char *general, const char *first, const char *second)
{
	struct err err = {0};
	char *text = directives_spec(general, first, second);
	struct lesson *lesson = lesson_parse("a.spec", text, strlen(text), &err);
	free(text);
	if (!lesson)
		fail_msg("%s", err.text);
	return lesson;
}

void directives_refused(const char *general, const char *first, const char *sentence)
{
	struct err err = {0};
	char *text = directives_spec(general, first, "");
	assert_null(lesson_parse("a.spec", text, strlen(text), &err));
	assert_string_equal(err.text, sentence);
	assert_int_equal(err.status, ST_USAGE);
	free(text);
}
