/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings that nobody wrote so: whatever a trace says, the console shows what is whole, and stands. */
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/trace/recorded.h"

enum { LONG = 1 << 20, MUTATED = 12, CHANGES = 40 };

static const char *const nowhere[] = {"PGHOST=/nowhere", "PGPORT=1", "DATABASE_URL=", NULL};

#define HEADER "{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n"
#define EVENT(rest) "{\"number\":1,\"wall_us\":1795975056118354," rest "}\n"
#define STATE(word, rest) "{\"state\":\"" word "\",\"wall_us\":1795975056118354" rest "}\n"

static void write_trace(const char *text, size_t n)
{
	FILE *file = fopen(recorded_trace(), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static struct term *play(void **state)
{
	const char *const argv[] = {proc_teller(), "trace", "play", recorded_trace(), NULL};
	struct term *term = term_start(argv, nowhere, 24, 80);
	*state = term;
	return term;
}

/* All of it is seen, forward and back, with the log alone and with the panes. */
static void look_at_all(struct term *term)
{
	term_expect(term, "event ");
	term_type(term, "<Home>");
	term_expect(term, "event 1 of ");
	for (int i = 0; i < 260; i++)
		term_type(term, ">");
	term_settle(term);
	term_type(term, "<Home><End>");
	term_settle(term);
	for (int i = 0; i < 40; i++)
		term_type(term, "<lt>");
	term_type(term, "<F6>z<Enter>");
	term_settle(term);
	term_type(term, "qzB<Home> +");
	term_settle(term);
	term_type(term, "<F11><End><F11>:counters\r");
	term_expect(term, "Counters");
	term_type(term, "q");
	console_quit(term);
}

/* ---- what cannot be played ---- */

static void refused(const char *text, const char *sentence)
{
	const char *const argv[] = {proc_teller(), "trace", "play", recorded_trace(), NULL};
	write_trace(text, strlen(text));
	struct proc *proc = proc_run(argv, nowhere, NULL);
	proc_expect_status(proc, 1);
	proc_expect_err(proc, sentence);
	proc_free(proc);
}

static void what_is_no_trace(void **state)
{
	(void)state;
	refused("", "is no trace");
	refused("hello\n", "is no trace");
	refused(HEADER, "has no events: there is nothing to play");
	refused(HEADER "{\"number\":1,\"kind\":\"le", "has no events: there is nothing to play");
	refused("{\"teller_trace\":99,\"teller\":\"9.0\"}\n", "is of a newer format, 99, than this teller reads");
}

static void said_on_a_screen(void **state)
{
	write_trace("hello\n", 6);
	struct term *term = play(state);
	term_expect_exit(term, 1);
	term_expect_output(term, "is no trace: its first line is not the header of one");
}

/* ---- what can ---- */

static void lines_that_are_none(void **state)
{
	struct buf text = {0};
	buf_str(&text,
		HEADER EVENT("\"kind\":\"lever\",\"session\":\"none\",\"message\":\"inject 1\"") "\n{}\nno line\n");
	buf_str(&text, "{\"number\":9,\"kind\":\"lever\",\"session\":\"none\",\"message\":\"");
	buf_fill(&text, 'x', LONG);
	buf_str(&text, "\"}\n");
	buf_add(&text, "\0\0\n", 3);
	buf_str(&text, "{\"gone\":5}\n" EVENT("\"kind\":\"of later\"") STATE("of later", ",\"a\":1"));
	buf_str(&text,
		EVENT("\"kind\":\"lever\",\"session\":\"none\",\"message\":\"\\u001b[31mred\\u0007\\u009b2J\"") "{\"nu"
														"m");
	write_trace(text.p, text.len);
	buf_free(&text);
	struct term *term = play(state);
	term_expect(term, "event 1 of 9 ");
	term_expect(term, "cut, and left out");
	term_type(term, "<End>");
	term_expect(term, "event 9 of 9 ");
	console_expect_in_order(term, "inject 1", "event 2 is no event, left out", "event 5 is too long",
				"5 events were gone", "red");
	assert_false(term_sent(term, "\x1b[31mred"));
	assert_false(term_sent(term, "\xc2\x9b"));
	look_at_all(term);
}

static const char disorder[] = HEADER EVENT("\"kind\":\"result\",\"session\":\"transfer\",\"verb\":\"commit\",\"txn\":"
					    "7,\"durable\":true") EVENT("\"kind\":\"outcome\",\"session\":\"transfer\","
									"\"txn\":7,\"outcome\":\"committed\"")
	STATE("transfer", ",\"txn\":7,\"outcome\":\"committed\",\"decided\":true,"
			  "\"scale\":99,\"amount\":-9223372036854775808,"
			  "\"source_before\":9223372036854775807,\"source_after\":-"
			  "9223372036854775808") EVENT("\"kind\":\"attempt\","
						       "\"session\":\"transfer\","
						       "\"txn\":7,\"attempt\":"
						       "4294967295,\"limit\":0")
		EVENT("\"kind\":\"txn\",\"session\":\"transfer\",\"txn\":7") STATE(
			"transfer",
			",\"txn\":7,\"outcome\":"
			"\"none\",\"decided\":true,"
			"\"source\":\"\\u001b]0;"
			"x\\u0007\"") EVENT("\"kind\":\"blocked\",\"session\":\"transfer\",\"txn\":7,\"rows\":"
					    "9223372036854775807,\"holder_pid\":-"
					    "5") EVENT("\"kind\":\"sent\",\"session\":\"lane\",\"seat\":999999999,"
						       "\"lane\":null") EVENT("\"kind\":\"backoff\",\"session\":"
									      "\"transfer\",\"txn\":7,\"wait_us\":"
									      "9223372036854775807")
			STATE("run",
			      ",\"word\":\"\\u001b[2J\",\"armed\":5,\"wire\":\"none\",\"max_attempts\":-1,\"backoff_"
			      "cap_ms\":1e99") STATE("accounts",
						     ",\"columns\":[],\"cells\":[\"1\",\"2\",null,\"4\"],\"scale\":-1,"
						     "\"filter\":\"((\"") STATE("picks",
										",\"selected\":\"4\",\"source\":\"1\","
										"\"destination\":\"\\ud83d\\ude00\"")
				EVENT("\"kind\":\"lost\",\"session\":\"transfer\"") STATE(
					"accounts",
					",\"columns\":[1,2,3],"
					"\"cells\":{\"a\":1},"
					"\"estimate\":-9,\"read_"
					"us\":-1") STATE("counters", ",\"retries\":-5,\"attempts\":"
								     "\"many\"") STATE("screen", ",\"place\":"
												 "\"sessions\",\"lab_"
												 "top\":-3")
					EVENT("\"kind\":\"txn\",\"session\":\"rival\",\"txn\":0") STATE(
						"screen",
						",\"place\":\"ledger\"") EVENT("\"kind\":\"settle\",\"session\":"
									       "\"transfer\","
									       "\"txn\":7") STATE("screen",
												  ",\"place\":\"load\"")
						EVENT("\"kind\":\"sent\",\"session\":\"lab\"") STATE(
							"screen", ",\"place\":\"lab\",\"lab_top\":99999999999")
							STATE("player", ",\"name\":\"a\",\"turns\":[{}]") STATE(
								"lesson",
								",\"name\":\"a\",\"text\":\"session A\\nstep a { "
								"SELECT 1 }\\n\"") STATE("player", ",\"name\":\"b\"")
								STATE("player", ",\"name\":\"a\"") STATE(
									"player",
									",\"name\":\"a\",\"order\":99,\"is\":\"ready\","
									"\"asked\":7,\"turns\":[{\"step\":99,\"sent\":"
									"1},"
									"{\"sent\":2},{\"sent\":2,\"note\":\"\\u001b\"}"
									",3],"
									"\"records\":[{\"step\":5,\"words\":[{},{"
									"\"kind\":"
									"\"rows\","
									"\"names\":[\"x\"],\"cells\":[],\"rows\":7}]}],"
									"\"lanes\":[{\"state\":\"waiting\",\"record\":"
									"9}]") STATE("player",
										     ",\"name\":\"a\",\"is\":\"over\","
										     "\"turns\":[{"
										     "\"sent\":1,\"given\":5,\"right\":"
										     "5,\"judged\":"
										     "true}],"
										     "\"records\":[{\"done\":true,"
										     "\"blockers\":[5,-9]}"
										     "],\"lanes\":[{\"state\":\"held\","
										     "\"record\":0}]")
									STATE("lesson",
									      ",\"name\":\"a\",\"text\":\"no lesson\"")
										STATE("player", ",\"name\":\"a\"");

static void impossible_orders(void **state)
{
	write_trace(disorder, strlen(disorder));
	look_at_all(play(state));
}

/* ---- a real one, changed anywhere ---- */

static void record(void **state)
{
	char line[128];
	struct term *term = console_open(state, 24, 80);
	snprintf(line, sizeof line, ":trace %s\r", recorded_file("made"));
	term_type(term, line);
	term_expect(term, "every event is written to ");
	term_type(term, "s<Down>dI<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "moved 499 from 7001");
	console_lesson(term, "lost-update");
	console_space_to(term, 0, 5, 14);
	term_type(term, "3");
	term_settle(term);
	console_quit(term);
	term_free(term);
	*state = NULL;
}

/* Digits, words and whole lines: what is still JSON is what the panes get to see. */
static void mutate(struct buf *text, struct rng *rng)
{
	static const char digits[] = "0123456789";
	size_t begin = strcspn(text->p, "\n") + 1;
	for (int i = 0; i < CHANGES; i++) {
		size_t at = begin + (size_t)rng_below(rng, text->len - begin);
		while (at < text->len && !isdigit((unsigned char)text->p[at]))
			at++;
		if (at < text->len)
			text->p[at] = digits[rng_below(rng, 10)];
		size_t line = begin + (size_t)rng_below(rng, text->len - begin);
		while (line > begin && text->p[line - 1] != '\n')
			line--;
		if (i % 8 == 0) { /* it goes, or its end does */
			size_t n = strcspn(text->p + line, "\n") + 1, cut = i % 16 ? n : n / 2;
			if (line + cut < text->len)
				memmove(text->p + line, text->p + line + cut, text->len - line - cut), text->len -= cut;
		}
	}
}

static void read_file(struct buf *text, const char *from)
{
	char piece[4096];
	FILE *file = fopen(from, "r");
	assert_non_null(file);
	for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
		buf_add(text, piece, n);
	fclose(file);
}

static void changed_anywhere(void **state)
{
	const char *seed = getenv("TELLER_SEED");
	uint64_t number = seed ? strtoull(seed, NULL, 10) : 20201011;
	struct buf whole = {0};
	record(state);
	read_file(&whole, recorded_file("made"));
	for (uint64_t i = 0; i < MUTATED; i++) {
		struct rng rng;
		struct buf text = {0};
		rng_seed(&rng, number + i);
		buf_add(&text, whole.p, whole.len);
		mutate(&text, &rng);
		write_trace(text.p, text.len);
		buf_free(&text);
		look_at_all(play(state));
		term_free(*state);
		*state = NULL;
	}
	buf_free(&whole);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_trace),
		cmocka_unit_test_teardown(said_on_a_screen, term_teardown),
		cmocka_unit_test_teardown(lines_that_are_none, term_teardown),
		cmocka_unit_test_teardown(impossible_orders, term_teardown),
		cmocka_unit_test_setup_teardown(changed_anywhere, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/play_hostile", tests, recorded_begin, recorded_end);
}
