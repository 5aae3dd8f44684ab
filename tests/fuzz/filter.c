/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the filter: a text is refused with a sentence, or compiled, and then its own text compiles to the same again. */
#include "bank/filter.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* As in tests/unit/filter_test.c. */
static struct catalogue catalogue = {
	.id_name = "id",
	.balance_name = "balance",
	.id_type = "int4",
	.balance_type = "numeric",
	.id_is_number = true,
	.id_max = INT32_MAX,
	.nextra = 4,
	.extra = {"owner", "Opened On", "key", "limit"},
	.extra_type = {"text", "date", "uuid", "int2"},
};

static void check_again(const struct filter *filter)
{
	struct filter *again = NULL;
	struct err err = {0};
	unsigned n, m;
	const char *const *params = filter_params(filter, &n);
	assert(n <= FILTER_PARAMS_MAX && filter_sql(filter)[0]);
	assert(filter_new(&again, &catalogue, filter_text(filter), &err) == ST_OK);
	const char *const *others = filter_params(again, &m);
	assert(n == m && strcmp(filter_sql(filter), filter_sql(again)) == 0);
	for (unsigned i = 0; i < n; i++)
		assert(strcmp(params[i], others[i]) == 0);
	filter_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_dup_n((const char *)data, n);
	struct filter *filter = NULL;
	struct err err = {0};
	if (filter_new(&filter, &catalogue, text, &err) == ST_OK) {
		check_again(filter);
		filter_free(filter);
	} else {
		assert(err.text[0]);
	}
	free(text);
	return 0;
}
