/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents of one HTML file: every colour can be read on every ground, texts do nothing, and hashes are right. */
#include <string.h>

#include "base/mem.h"
#include "base/page.h"
#include "base/sha256.h"
#include "tests/support/check.h"
#include "tests/support/luminance.h"

#define NAMED(constant, name, ...) constant,
static const enum page_colour texts[] = {PAGE_TEXTS(NAMED)}, grounds[] = {PAGE_GROUNDS(NAMED)};

static double bright(enum page_colour colour, bool dark)
{
	unsigned rgb = page_colour(colour, dark);
	return luminance((int)(rgb >> 16), (int)(rgb >> 8 & 255), (int)(rgb & 255));
}

static void expect_contrast(enum page_colour front, enum page_colour back, double least)
{
	for (int dark = 0; dark < 2; dark++) {
		double contrast = luminance_contrast(bright(front, dark), bright(back, dark));
		if (contrast < least)
			fail_msg("%s on %s, %s: %.2f", page_colour_name(front), page_colour_name(back),
				 dark ? "dark" : "light", contrast);
	}
}

/* WCAG 2, AA: 4.5 for texts, 3 for lines that mean something. */
static void every_colour_can_be_read(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(grounds); k++) {
		for (size_t i = 0; i < COUNT_OF(texts); i++)
			expect_contrast(texts[i], grounds[k], 4.5);
		expect_contrast(PAGE_LINE, grounds[k], 3);
	}
}

static void texts_do_nothing(void **state)
{
	(void)state;
	struct buf out = {0};
	page_element(&out, "p", "</p><script>\"'&amp;");
	assert_string_equal(out.p, "<p>&lt;/p&gt;&lt;script&gt;&quot;&#39;&amp;amp;</p>");
	buf_free(&out);
}

/* Around the ends of blocks, too. */
static void hashes(void **state)
{
	(void)state;
	static const struct {
		size_t n; /* letters a */
		const char *hash;
	} known[] = {
		{0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
		{55, "n0OQ+NMMLdkuyfCVtl4rmumwqSWlJY4kHJ8ekQ9zQxg="},
		{56, "s1Q5pKxvCUi21vnjxq8PX1kM4g8b3nCQ73lwaG7Gc4o="},
		{63, "fT50oF19sVvOStnsBljqmOPwbu7PFrTG//LaRX3cLzQ="},
		{64, "/+BU/nrgy23GXDr5th1SCfQ5hR20PQulmXM33xVGaOs="},
		{65, "Y1NhxIu56rFBmOduqKt/GkFoXWrWKqkUbTAdTxfrCuA="},
		{119, "MeulHDE6XAgiat8Y1KNZz9/Y0ugWsT9K+VL36mWE3Ps="},
		{120, "Lz0zVDLHC1gK8Ojhs2dKfAINaDql9zqq7f3FWvkEwhw="},
		{1000, "Qe3s5C1j6Nm/UVqbppMuHCDLyfWl0TRkWttdsblzfqM="},
	};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		struct buf text = {0}, hash = {0};
		buf_fill(&text, 'a', known[i].n);
		sha256_base64(&hash, buf_text(&text), text.len);
		assert_string_equal(hash.p, known[i].hash);
		buf_free(&text);
		buf_free(&hash);
	}
}

/* The head names the hashes of the style and the script as they stand in the page. */
static void the_head_names_what_may_run(void **state)
{
	(void)state;
	struct buf page = {0}, hash = {0};
	page_begin(&page, "t", "p {}", "let a;");
	page_end(&page, "let a;");
	const char *style = strstr(page.p, "<style>") + strlen("<style>"), *end = strstr(style, "</style>");
	buf_str(&hash, "default-src 'none'; style-src 'sha256-");
	sha256_base64(&hash, style, (size_t)(end - style));
	buf_str(&hash, "'; script-src 'sha256-");
	sha256_base64(&hash, "let a;", 6);
	buf_str(&hash, "'; base-uri 'none'; form-action 'none'\">");
	assert_non_null(strstr(page.p, hash.p));
	assert_non_null(strstr(page.p, "<script>let a;</script>"));
	buf_free(&page);
	buf_free(&hash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_colour_can_be_read),
		cmocka_unit_test(texts_do_nothing),
		cmocka_unit_test(hashes),
		cmocka_unit_test(the_head_names_what_may_run),
	};
	return cmocka_run_group_tests_name("unit/page", tests, NULL, NULL);
}
