/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for the password on the terminal, without echo. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/password.h"
#include "app/settings.h"
#include "base/mem.h"
#include "base/text.h"

/* What would end or stop the program while the terminal has no echo, but for faults of its own. */
static const int signals[] = {
	SIGINT,    SIGTERM, SIGHUP,  SIGQUIT,   SIGTSTP, SIGALRM, SIGUSR1, SIGUSR2,
	SIGABRT,   SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,   SIGSYS,
#ifdef SIGPWR
	SIGPWR,
#endif
#ifdef SIGSTKFLT
	SIGSTKFLT,
#endif
};

static int told[2]; /* a byte for each signal: whichever thread it came to, the one that asks wakes up */

struct question {
	int fd;
	struct termios old;
	struct sigaction before[COUNT_OF(signals)];
	struct buf words, answer;
};

static void password_on_signal(int signum)
{
	int error = errno;
	unsigned char byte = (unsigned char)signum;
	ssize_t ignored = write(told[1], &byte, 1);
	(void)ignored;
	errno = error;
}

static void watch_signals(struct question *q, bool on)
{
	struct sigaction action = {.sa_handler = password_on_signal};
	for (size_t i = 0; i < COUNT_OF(signals); i++)
		sigaction(signals[i], on ? &action : &q->before[i], on ? &q->before[i] : NULL);
}

/* Who ignores one, as nohup does with SIGHUP, goes on doing so. */
static void keep_ignored(const struct question *q)
{
	for (size_t i = 0; i < COUNT_OF(signals); i++)
		if (q->before[i].sa_handler == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

static void ask(struct question *q)
{
	struct termios quiet = q->old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(q->fd, TCSAFLUSH, &quiet);
	ssize_t ignored = write(q->fd, q->words.p, q->words.len);
	(void)ignored;
}

static void password_give_back(struct question *q)
{
	tcsetattr(q->fd, TCSAFLUSH, &q->old);
	ssize_t ignored = write(q->fd, "\n", 1);
	(void)ignored;
}

/* As for the terminal's own ^Z: the whole group stops. When it goes on, the question is asked again. */
static void password_stop(struct question *q)
{
	password_give_back(q);
	signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &(struct sigaction){.sa_handler = password_on_signal}, NULL);
	ask(q);
}

/* The signal that came, 0 for none. */
static int next_signal(void)
{
	unsigned char byte = 0;
	return read(told[0], &byte, 1) == 1 ? byte : 0;
}

/* False at the end of the line, or of the terminal. */
static bool read_byte(struct question *q)
{
	char c = 0;
	ssize_t n = read(q->fd, &c, 1);
	if (n == 1 && c != '\n')
		buf_char(&q->answer, c);
	return (n == 1 && c != '\n') || (n < 0 && errno == EINTR);
}

/* The signal that ends it, or 0. */
static int password_read_answer(struct question *q)
{
	struct pollfd fds[] = {{.fd = q->fd, .events = POLLIN}, {.fd = told[0], .events = POLLIN}};
	for (;;) {
		if (poll(fds, COUNT_OF(fds), -1) < 0 && errno != EINTR)
			return 0;
		int signum = next_signal();
		if (signum == SIGTSTP)
			password_stop(q);
		else if (signum)
			return signum;
		else if (fds[0].revents && !read_byte(q))
			return 0;
	}
}

static enum status question_open(struct question *q, struct err *err)
{
	q->fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (q->fd >= 0 && tcgetattr(q->fd, &q->old) == 0 && pipe2(told, O_CLOEXEC | O_NONBLOCK) == 0)
		return ST_OK;
	if (q->fd >= 0)
		close(q->fd);
	return err_set(err, ST_OWN,
		       "there is no terminal to ask for a password on; give it with PGPASSWORD or ~/.pgpass");
}

/* The signal that ended it, or 0. */
static int question_ask(struct question *q)
{
	watch_signals(q, true);
	keep_ignored(q);
	ask(q);
	int signum = password_read_answer(q);
	password_give_back(q);
	watch_signals(q, false);
	close(q->fd);
	close(told[0]);
	close(told[1]);
	return signum;
}

/* Where nobody has a handler for it, the program ends here. */
static void end_by(const struct question *q, int signum)
{
	for (size_t i = 0; i < COUNT_OF(signals); i++)
		if (signals[i] == signum && q->before[i].sa_handler == SIG_DFL)
			raise(signum);
}

static void wipe(struct buf *answer)
{
	if (answer->p)
		explicit_bzero(answer->p, answer->len);
	buf_free(answer);
}

static void put_words(struct question *q, const struct conninfo *info)
{
	struct buf place = {0};
	conninfo_show(&place, info);
	buf_str(&q->words, "Password for ");
	text_escape(&q->words, buf_text(&place), place.len, 0);
	buf_str(&q->words, ": ");
	buf_free(&place);
}

enum status password_ask(struct settings *settings, int *signum, struct err *err)
{
	struct question q = {0};
	*signum = 0;
	enum status status = question_open(&q, err);
	if (status)
		return status;
	put_words(&q, &settings->conninfo);
	*signum = question_ask(&q);
	buf_free(&q.words);
	if (*signum || !q.answer.len) {
		wipe(&q.answer);
		end_by(&q, *signum);
		return err_set(err, *signum ? ST_CANCELLED : ST_OWN, "no password was given");
	}
	free(settings->conninfo.password);
	settings->conninfo.password = buf_take(&q.answer);
	return ST_OK;
}
