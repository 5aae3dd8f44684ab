/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch of commands goes on after a short failover: each waits for the connection within the limits, in place of
 * failing at once. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

static struct relay relay;
static char fifo[300];
static int pipe_fd; /* commands are written here, one after another */

static int setup(void **state)
{
	(void)state;
	pg_bank(3);
	relay_start(&relay);
	snprintf(fifo, sizeof fifo, "%s/commands", getenv("TMPDIR"));
	unlink(fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

/* On standard input the batch goes on after a failure; from a file it ends there. */
static struct proc *batch(bool from_file)
{
	char host[100], script[700];
	const char *const env[] = {host, NULL};
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	snprintf(script, sizeof script, "exec '%s' --yes --echo=plain %s'%s'", proc_teller(), from_file ? "-f " : "<",
		 fifo);
	struct proc *proc = proc_start((const char *const[]){"sh", "-c", script, NULL}, env, NULL);
	pipe_fd = open(fifo, O_WRONLY | O_CLOEXEC);
	assert_true(pipe_fd >= 0);
	return proc;
}

static void give(const char *lines)
{
	assert_int_equal(write(pipe_fd, lines, strlen(lines)), (ssize_t)strlen(lines));
}

static void lose(const char *names)
{
	relay.shared->refuse = true;
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ~ '^teller/(%s) '"
		" AND datname = current_database()",
		names);
}

/* One session, which may be made again at once. */
static void end_session(const char *name)
{
	pg_end_backend((int)pg_number("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'teller/%s %%'"
				      " AND datname = current_database()",
				      name));
}

static void end(struct proc *proc, int status)
{
	close(pipe_fd);
	proc_wait(proc);
	proc_expect_status(proc, status);
}

static void check_batch(const char *names, const char *command, const char *answer)
{
	struct proc *proc = batch(true);
	give("transfer 7001 7002 1\n");
	proc_wait_output(proc, "moved 1 from 7001 to 7002");
	lose(names);
	proc_wait_output(proc, "was lost: ");
	give(command);
	proc_wait_output(proc, "cannot connect"); /* and still nobody gave up */
	relay.shared->refuse = false;
	proc_wait_output(proc, answer);
	end(proc, 0);
	assert_null(strstr(buf_text(&proc->err), "try again in a moment"));
	proc_free(proc);
}

static void both_sessions(void **state)
{
	(void)state;
	check_batch("browse|transfer", "transfer 7001 7002 2\ncount\n", "\n3\n");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 997);
}

static void the_session_that_reads(void **state)
{
	(void)state;
	check_batch("browse", "list --csv\n", "7003,1000");
}

static void the_session_that_writes(void **state)
{
	(void)state;
	check_batch("transfer", "delete 7003\n", "deleted 1 account: 7003");
}

static bool holds(const struct buf *text, const char *word, int times)
{
	const char *at = buf_text(text);
	for (; times > 0 && (at = strstr(at, word)) != NULL; at++)
		times--;
	return times == 0;
}

/* The session that reads rests once it was lost idle twice; a command that waits for the one that writes needs both. */
static void a_session_that_rests(void **state)
{
	(void)state;
	struct proc *proc = batch(true);
	give("set time 5\ntransfer 7001 7002 1\n");
	proc_wait_output(proc, "moved 1 from 7001 to 7002");
	end_session("browse");
	proc_wait_output(proc, "connected again");
	end_session("browse");
	proc_wait_output(proc, "made again when something is asked");
	give("count\n");
	proc_wait_output(proc, "\n3\n");
	relay.shared->refuse = true;
	end_session("transfer");
	give("transfer 7001 7002 2\n");
	proc_wait_output(proc, "cannot connect");
	end_session("browse");
	relay.shared->refuse = false;
	proc_wait_output(proc, "moved 2 from 7001 to 7002");
	end(proc, 0);
	proc_free(proc);
}

/* Whoever asks for new connections gets them, or hears why not: the commands behind it wait, too. */
static void reconnect_is_waited_for(void **state)
{
	(void)state;
	struct proc *proc = batch(true);
	give("transfer 7001 7002 1\n");
	proc_wait_output(proc, "moved 1 from 7001 to 7002");
	relay.shared->refuse = true;
	give("reconnect\ncount\ntransfer 7001 7002 2\n");
	proc_wait_output(proc, "cannot connect");
	relay.shared->refuse = false;
	proc_wait_output(proc, "moved 2 from 7001 to 7002");
	end(proc, 0);
	assert_false(holds(&proc->err, "cannot connect to", 20));
	proc_free(proc);
}

/* Whoever does not want to wait is not made to, and what was waited for does not happen. */
static void it_can_be_interrupted(void **state)
{
	(void)state;
	struct proc *proc = batch(true);
	give("transfer 7001 7002 1\n");
	proc_wait_output(proc, "moved 1 from 7001 to 7002");
	lose("browse|transfer");
	proc_wait_output(proc, "was lost: ");
	give("transfer 7001 7002 2\n");
	proc_wait_output(proc, "cannot connect");
	proc_signal(proc, SIGINT);
	end(proc, 130);
	proc_expect_err(proc, "cancelled; nothing was changed");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 999);
	proc_free(proc);
}

/* The time counts from the loss, not for each command anew: a server that is gone for good ends a long batch soon. */
static void within_the_limits(void **state)
{
	static const char *const lost[] = {"browse|transfer", "transfer"};
	static const char *const words[] = {
		"the connection was lost and could not be made again within 1 s: ",
		"the connection for transfers was lost and could not be made again within 1 s: "};
	for (int i = 0; i < 2; i++) {
		relay.shared->refuse = false;
		pg_bank(3);
		struct proc *proc = batch(false);
		give("set time 1\ntransfer 7001 7002 1\n");
		proc_wait_output(proc, "moved 1 from 7001 to 7002");
		lose(lost[i]);
		proc_wait_output(proc, "was lost: ");
		for (int k = 0; k < 500; k++)
			give("transfer 7001 7002 2\n");
		end(proc, 2);
		if (!holds(&proc->err, words[i], 500))
			proc_expect_err(proc, "all of them");
		assert_false(holds(&proc->err, "cannot connect to", 530)); /* and not a dial for each */
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 999);
		proc_free(proc);
	}
	(void)state;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(the_session_that_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(the_session_that_writes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_session_that_rests, setup, teardown),
		cmocka_unit_test_setup_teardown(reconnect_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(it_can_be_interrupted, setup, teardown),
		cmocka_unit_test_setup_teardown(within_the_limits, setup, teardown),
	};
	return cmocka_run_group_tests_name("fault/waits", tests, pg_own_database, NULL);
}
