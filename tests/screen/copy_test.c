/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard of the terminal: what is copied is what is shown, wrapped for tmux and screen, bounded, and never sent to a terminal without one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/term_internal.h"

/* What was sent between the last `before` and the next `after`. */
static void sent_between(struct term *term, struct buf *out, const char *before, const char *after)
{
	const char *at = NULL, *end = NULL;
	for (const char *p = buf_text(&term->output); (p = strstr(p, before)) != NULL;)
		at = p += strlen(before);
	end = at ? strstr(at, after) : NULL;
	if (!end)
		fail_msg("no %s ... %s was sent", before, after);
	buf_add(out, at, (size_t)(end - at));
}

/* Longer strings screen takes in pieces. */
static void join_pieces(struct buf *text)
{
	for (char *p; (p = strstr(text->p, "\x1b\\\x1bP")) != NULL; text->len -= 4)
		memmove(p, p + 4, strlen(p + 4) + 1);
}

/* By a program that is not ours. */
static void decode(struct buf *text, const struct buf *base64)
{
	char path[] = "/tmp/teller-copy.XXXXXX";
	const char *const argv[] = {"base64", "-d", path, NULL};
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, base64->p, base64->len), base64->len);
	close(fd);
	struct proc *proc = proc_run(argv, NULL, NULL);
	unlink(path);
	proc_expect_status(proc, 0);
	buf_add(text, buf_text(&proc->out), proc->out.len);
	proc_free(proc);
}

static void copied_text(struct term *term, struct buf *text)
{
	struct buf base64 = {0};
	sent_between(term, &base64, "\x1b]52;c;", "\a");
	decode(text, &base64);
	buf_free(&base64);
}

static struct term *open_log(void **state, const char *const env[])
{
	struct term *term = console_open_with(state, 24, 100, env, "7001");
	term_type(term, "<F6><Home>");
	term_settle(term);
	return term;
}

static void an_event(void **state)
{
	struct buf text = {0};
	struct term *term = open_log(state, NULL);
	assert_false(term_sent(term, "\x1b]52"));
	term_type(term, "C");
	term_expect(term, "copied to the terminal's clipboard: Event ");
	copied_text(term, &text);
	assert_non_null(strstr(buf_text(&text), "\nsession     "));
	assert_int_equal(text.p[text.len - 1], '\n');
	console_quit(term);
	buf_free(&text);
}

/* The same from the event's full text, and of any other text that stands there. */
static void a_full_text(void **state)
{
	struct buf event = {0}, full = {0}, other = {0};
	struct term *term = open_log(state, NULL);
	term_type(term, "C");
	term_expect(term, "clipboard: Event ");
	copied_text(term, &event);
	term_type(term, "<Enter>");
	term_expect(term, "C copy");
	term_type(term, "C");
	term_expect(term, "clipboard: Event ");
	copied_text(term, &full);
	assert_string_equal(buf_text(&event), buf_text(&full));
	term_type(term, "q:counters\r");
	term_expect(term, "C copy");
	term_type(term, "C");
	term_expect_gone(term, "clipboard: Event ");
	term_expect(term, "copied to the terminal's clipboard: ");
	copied_text(term, &other);
	assert_string_not_equal(buf_text(&full), buf_text(&other));
	term_type(term, "q");
	console_quit(term);
	buf_free(&event);
	buf_free(&full);
	buf_free(&other);
}

static void in_tmux(void **state)
{
	const char *const env[] = {"TERM=screen-256color", "TMUX=/tmp/tmux-1/default,1,0", NULL};
	struct buf plain = {0}, wrapped = {0};
	struct term *term = open_log(state, env);
	term_type(term, "C");
	term_expect(term, "tmux passes it on where it has: set -g");
	sent_between(term, &wrapped, "\x1bPtmux;\x1b\x1b]52;c;", "\a\x1b\\");
	sent_between(term, &plain, "\a\x1bPtmux;\x1b\x1b]52;c;", "\a");
	assert_string_equal(buf_text(&plain), buf_text(&wrapped));
	decode(&plain, &wrapped);
	assert_non_null(strstr(buf_text(&plain), "\nsession     "));
	console_quit(term);
	buf_free(&plain);
	buf_free(&wrapped);
}

static void in_screen(void **state)
{
	const char *const env[] = {"TERM=screen", "STY=1.pts", NULL};
	struct buf base64 = {0}, text = {0};
	struct term *term = open_log(state, env);
	term_type(term, ":counters\r");
	term_expect(term, "C copy");
	term_type(term, "C");
	term_expect(term, "copied to the terminal's clipboard: ");
	sent_between(term, &base64, "\x1bP\x1b]52;c;", "\a\x1b\\");
	assert_non_null(strstr(base64.p, "\x1b\\\x1bP"));
	join_pieces(&base64);
	decode(&text, &base64);
	assert_non_null(strstr(buf_text(&text), "statements"));
	term_type(term, "q");
	console_quit(term);
	buf_free(&base64);
	buf_free(&text);
}

/* In the bytes: what libvterm makes of a vt52's, whose movements it does not know, has line ends anywhere. */
static bool says_there_is_none(struct term *term, void *arg)
{
	(void)arg;
	return term_sent(term, "this terminal has no clipboard that a program can write to");
}

static void without_a_clipboard(void **state)
{
	static const char *const names[] = {"TERM=linux", "TERM=vt52"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *const env[] = {names[i], NULL};
		struct term *term = open_log(state, env);
		term_type(term, "C");
		term_wait(term, says_there_is_none, NULL, "the sentence that there is none");
		assert_false(term_sent(term, "]52;"));
		console_quit(term);
		term_teardown(state);
		*state = NULL;
	}
}

/* Each text of an event is cut at 16 kB; escaped it is four times as long. */
static void no_more_than_terminals_take(void **state)
{
	struct buf text = {0}, rows = {0};
	char dir[] = "/tmp/teller-copy.XXXXXX", path[64];
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/t", dir);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n", file);
	for (int i = 0; i < 3000; i++)
		fprintf(file,
			"{\"number\":%d,\"kind\":\"lever\",\"session\":\"none\",\"message\":\"h\\u00e9\\u00e9 %d\"}\n",
			i, i);
	assert_int_equal(fclose(file), 0);
	struct term *term = console_open(state, 24, 100);
	buf_fmt(&rows, ":trace show %s\r", path);
	term_type(term, buf_text(&rows));
	term_expect(term, "C copy");
	term_type(term, "C");
	term_expect(term, "clipboard: the beginning of Trace, ");
	copied_text(term, &text);
	assert_true(text.len > 74990 && text.len <= 74994);
	remove(path);
	remove(dir);
	term_type(term, "q");
	console_quit(term);
	buf_free(&text);
	buf_free(&rows);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_event, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_full_text, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_tmux, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_screen, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(without_a_clipboard, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(no_more_than_terminals_take, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/copy", tests, pg_own_database, NULL);
}
