/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes connection strings: each is refused with a sentence or taken, shown in one line, and hidden byte for byte. */
#include "db/conninfo.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_hidden(const char *text)
{
	char *hidden = mem_dup(text);
	conninfo_hide(hidden);
	assert(strlen(hidden) == strlen(text));
	for (size_t i = 0; text[i]; i++)
		assert(hidden[i] == text[i] || hidden[i] == '*');
	free(hidden);
	hidden = mem_dup(text);
	conninfo_hide_said(hidden);
	assert(strlen(hidden) == strlen(text));
	free(hidden);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_dup_n((const char *)data, n);
	struct conninfo info = {0}, copy = {0};
	struct err err = {0};
	struct buf shown = {0};
	enum status status = conninfo_target(&info, text, &err);
	assert(!status == !err.text[0]);
	conninfo_show(&shown, &info);
	conninfo_copy(&copy, &info);
	conninfo_free(&copy);
	conninfo_free(&info);
	status = conninfo_check_host(text, &err);
	status = conninfo_check_port(text, &err);
	(void)status;
	check_hidden(text);
	buf_free(&shown);
	free(text);
	return 0;
}
