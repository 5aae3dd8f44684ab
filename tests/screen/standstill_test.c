/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that has the client compute for minutes inside one call of libpq: a signal still ends the program, and the terminal is restored. */
#include <linux/sockios.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "tests/support/spawn.h"
#include "tests/support/term.h"

static char dir[] = "/tmp/teller-standstill-XXXXXX";
static pid_t server;
static volatile unsigned *computing; /* clients that have taken the question */

/* ---- the server ---- */

static bool take(int fd, char *bytes, size_t n)
{
	return recv(fd, bytes, n, MSG_WAITALL) == (ssize_t)n;
}

/* A message without its type; false where it is none, or too long. */
static bool take_message(int fd, char *body, size_t room)
{
	unsigned char head[4];
	if (!take(fd, (char *)head, 4))
		return false;
	size_t n = ((size_t)head[2] << 8 | head[3]) - 4;
	memset(body, 0, room);
	return n < room && take(fd, body, n);
}

static void ask(int fd, unsigned char method, const char *text, size_t n)
{
	char message[300] = {'R', 0, 0, 0, 0, 0, 0, 0, (char)method};
	message[3] = (char)((n + 8) >> 8);
	message[4] = (char)(n + 8);
	memcpy(message + 9, text, n);
	if (send(fd, message, 9 + n, MSG_NOSIGNAL) < 0)
		_exit(1);
}

/* As many rounds as the standard's number can hold, nearly: minutes. */
static void keep_busy(int fd)
{
	char body[1000], type, question[250];
	int left = 1;
	if (!take_message(fd, body, sizeof body))
		return;
	ask(fd, 10, "SCRAM-SHA-256\0", 15);
	if (!take(fd, &type, 1) || !take_message(fd, body, sizeof body))
		return;
	const char *first = body + strlen(body) + 1 + 4, *nonce = strstr(first, "r=");
	if (!nonce)
		return;
	int n = snprintf(question, sizeof question, "%.100sxyz,s=c2FsdHNhbHRzYWx0c2FsdA==,i=2000000000", nonce);
	ask(fd, 11, question, (size_t)n);
	while (ioctl(fd, SIOCOUTQ, &left) == 0 && left > 0)
		poll(NULL, 0, 1);
	++*computing;
	take(fd, body, 1); /* until it is gone */
}

static void serve(int listener)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fork() != 0) {
			close(fd);
			continue;
		}
		keep_busy(fd);
		_exit(0);
	}
}

/* ---- the program ---- */

static const int ends[] = {SIGTERM, SIGHUP, SIGINT};
enum { ENDS = sizeof ends / sizeof ends[0] };
static const char *const with_password[] = {"PGPASSWORD=secret", NULL};

static void wait_computing(unsigned programs)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (*computing < programs)
		if (!deadline_left(deadline))
			fail_msg("%u of %u programs ask to be let in", *computing, programs);
		else
			poll(NULL, 0, 5);
}

static void without_a_terminal(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "-h", dir, "-U", "ada", "-d", "bank", "list", NULL};
	struct proc *procs[ENDS];
	*computing = 0;
	for (size_t i = 0; i < ENDS; i++)
		procs[i] = proc_start(argv, with_password, NULL);
	wait_computing(ENDS);
	for (size_t i = 0; i < ENDS; i++)
		proc_signal(procs[i], ends[i]);
	for (size_t i = 0; i < ENDS; i++) {
		proc_wait(procs[i]);
		proc_expect_status(procs[i], 128 + ends[i]);
		proc_expect_err(procs[i], "did not hear the signal");
		proc_free(procs[i]);
	}
}

/* Both sessions of a console ask. */
static void on_a_screen(void **state)
{
	const char *const argv[] = {proc_teller(), "-h", dir, "-U", "ada", "-d", "bank", NULL};
	static struct term *terms[ENDS];
	*state = terms;
	*computing = 0;
	for (size_t i = 0; i < ENDS; i++)
		terms[i] = term_start(argv, with_password, 24, 80);
	wait_computing(ENDS);
	for (size_t i = 0; i < ENDS; i++)
		kill(term_pid(terms[i]), ends[i]);
	for (size_t i = 0; i < ENDS; i++) {
		term_expect_exit(terms[i], 128 + ends[i]);
		term_expect_restored(terms[i]);
	}
}

static int terms_teardown(void **state)
{
	struct term **terms = *state;
	for (size_t i = 0; i < ENDS; i++)
		term_free(terms[i]);
	return 0;
}

static int set_up(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	(void)state;
	computing = mmap(NULL, sizeof *computing, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (computing == MAP_FAILED || !mkdtemp(dir))
		return -1;
	snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", dir);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0)
		return -1;
	server = fork();
	if (server == 0)
		serve(listener);
	close(listener);
	return server > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	char path[120];
	(void)state;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	snprintf(path, sizeof path, "%s/.s.PGSQL.5432", dir);
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_terminal),
		cmocka_unit_test_teardown(on_a_screen, terms_teardown),
	};
	return cmocka_run_group_tests_name("screen/standstill", tests, set_up, tear_down);
}
