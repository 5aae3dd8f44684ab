/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that answer a login with what would harm a terminal: each way in says it in harmless words. */
#include <locale.h>
#include <string.h>

#include "base/text.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"
#include "tests/support/term.h"

static struct relay relay;

/* In place of the word that we are let in. */
static void refuse(void *arg, const char *message, size_t n, struct buf *out)
{
	static const char fields[] = "SFATAL\0VFATAL\0C28000\0Mno\033]0;owned\a\0D\302\233"
				     "31mred\0H\033[2Jwiped\0";
	(void)arg;
	if (message[0] != 'R') {
		buf_add(out, message, n);
		return;
	}
	buf_char(out, 'E');
	buf_add(out, "\0\0\0", 3);
	buf_char(out, (char)(4 + sizeof fields));
	buf_add(out, fields, sizeof fields);
}

static bool acts_on_a_terminal(const struct buf *said)
{
	struct buf clean = {0};
	text_escape_lines(&clean, buf_text(said), said->len);
	bool acts = strcmp(buf_text(&clean), buf_text(said)) != 0;
	buf_free(&clean);
	return acts;
}

static void check_line(const char *const words[])
{
	const char *argv[16] = {proc_teller(), "-h", relay.dir, "-p", "5432"};
	for (size_t i = 0; words[i]; i++)
		argv[5 + i] = words[i];
	struct proc *proc = proc_run(argv, NULL, NULL);
	assert_int_not_equal(proc->status, 0);
	assert_true(proc->status < 7);
	if (acts_on_a_terminal(&proc->err) || acts_on_a_terminal(&proc->out))
		fail_msg("%s %s: %s%s", words[0], words[1] ? words[1] : "", buf_text(&proc->out), buf_text(&proc->err));
	if (!strstr(buf_text(&proc->err), "owned") && !strstr(buf_text(&proc->out), "owned"))
		fail_msg("%s %s does not say why: %s", words[0], words[1] ? words[1] : "", buf_text(&proc->err));
	proc_free(proc);
}

static void lines(void **state)
{
	(void)state;
	static const char *const asked[][6] = {
		{"list"},
		{"--plain", "-c", "conninfo", "-c", "list"},
		{"doctor"},
		{"doctor", "--json"},
		{"--echo", "list"},
		{"--echo=plain", "list"},
		{"transfer", "7001", "7002", "half", "--yes"},
		{"create", "2"},
		{"tutorial", "--yes"},
		{"lab", "run", "lost-update"},
		{"lab", "run", "all"},
		{"lab", "run", "lost-update", "--transcript"},
	};
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		check_line(asked[i]);
}

/* What failed is said once more behind the screen. */
static void on_a_screen(void **state)
{
	const char *const argv[] = {proc_teller(), "-h", relay.dir, "-p", "5432", NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect_exit(term, 2);
	term_expect_output(term, "owned");
	assert_false(term_sent(term, "owned\a"));
	assert_false(term_sent(term, "\302\233"));
	assert_string_not_equal(term_title(term), "owned");
	assert_int_equal(term_bells(term), 0);
	term_expect_restored(term);
}

/* Arguments come from scripts, and scripts have them from elsewhere. */
static void an_argument(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--table=\033]0;owned\a", "list");
	assert_int_not_equal(proc->status, 0);
	proc_expect_err(proc, "owned");
	assert_false(acts_on_a_terminal(&proc->err));
	proc_free(proc);
	proc = teller_run("--\033[2J");
	proc_expect_status(proc, 1);
	assert_false(acts_on_a_terminal(&proc->err));
	proc_free(proc);
}

static int bank(void **state)
{
	pg_own_database(state);
	pg_bank(5);
	relay_start_changing(&relay, refuse, NULL);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test_teardown(on_a_screen, term_teardown),
		cmocka_unit_test(an_argument),
	};
	return cmocka_run_group_tests_name("screen/refused", tests, bank, no_bank);
}
