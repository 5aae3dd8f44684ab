/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace whose texts try to be something else than texts, wherever it may be read. */
#include "tests/trace/hostile.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"

/* Every way that a text may begin something: of a terminal, HTML, XML, Markdown, Mermaid, and of other languages. */
static const char hostile_text[] =
	"\\u001b]0;evil\\u0007\\u001b[31m</title></script><script>alert(1)</script></style><img src=x onerror=y> "
	"http://evil.example/ & &lt; ]]> <!-- --> <?php \\\"double\\\" 'single' `code` ```fence``` | pipe \\\\ $$x$$ "
	"[a](javascript:b) "
	"**b** _i_ ~~s~~ # h %%{init: {}}%% ;end #35; link A: x @ y "
	"end\\nend\\n---\\r\\n\\u202e\\u2066\\u200b\\u009b ";

void hostile_trace(const char *path, bool lesson)
{
	static const char *const kinds[] = {"txn",    "attempt",   "sent", "result", "blocked", "backoff", "notice",
					    "settle", "connected", "lost", "lever",  "result",  "outcome", "sent"};
	static const char *const texts[] = {"lane",        "sql",          "params",      "values",
					    "tag",         "message",      "detail",      "holder_name",
					    "holder_user", "holder_state", "holder_holds"};
	struct buf text = {0};
	buf_fmt(&text,
		"{\"teller_trace\":1,\"teller\":\"%s\",\"server\":\"%s\",\"server_version\":\"%s\",\"values\":true}\n",
		hostile_text, hostile_text, hostile_text);
	if (lesson)
		buf_fmt(&text, "{\"state\":\"lesson\",\"name\":\"x\",\"title\":\"%s\"}\n", hostile_text);
	for (size_t i = 0; i < COUNT_OF(kinds) * 3; i++) {
		static const char *const sessions[][3] = {{"transfer", "rival", "none"}, {"lab", "lane", "none"}};
		buf_fmt(&text,
			"{\"number\":%zu,\"kind\":\"%s\",\"session\":\"%s\",\"txn\":1,\"statement\":%zu,\"rows\":%d,"
			"\"sqlstate\":"
			"\"40001\",\"wall_us\":9223372036854775807",
			i + 1, kinds[i % COUNT_OF(kinds)], sessions[lesson][i / COUNT_OF(kinds)], i, i % 2 ? 1 : -1);
		for (size_t k = 0; k < COUNT_OF(texts); k++) {
			buf_fmt(&text, ",\"%s\":\"%s", texts[k], hostile_text);
			buf_fill(&text, 'w', k == 2 ? 10000 : 1);
			buf_str(&text, "\"");
		}
		buf_str(&text, "}\n");
	}
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text.p, file) >= 0);
	assert_int_equal(fclose(file), 0);
	buf_free(&text);
}
