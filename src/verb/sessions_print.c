/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of sessions in plain mode: once, or again and again until ^C. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "sessions.h"

enum { EVERY_MAX_S = 86400 };

struct printing {
	struct job job;
	struct run *run;
	struct app_ours ours;
	enum output_format format;
	uint64_t every_ms; /* 0: once */
	bool tree, terminal, again, stopping;
	struct timer *timer;
};

static const struct job_ops printing_ops;

/* ---- the end ---- */

static void printing_free(struct job *job)
{
	struct printing *printing = (struct printing *)job;
	timer_free(printing->timer);
	free(printing);
}

static void printing_finish(struct printing *printing, enum status status, const char *sentence)
{
	struct run *run = printing->run;
	job_end(&printing->job);
	run_end(run, status, sentence);
}

/* Once is stopped as other lists are: the program ends. */
static bool printing_stop(struct job *job, enum job_stop how)
{
	struct printing *printing = (struct printing *)job;
	struct db *db = job->app->browse;
	if (how == STOP_LEAVE || !printing->every_ms)
		return false;
	printing->stopping = true;
	if (db_state(db) == DB_BUSY)
		db_cancel(db);
	else
		printing_finish(printing, ST_CANCELLED, NULL);
	return true;
}

static const struct job_ops printing_ops = {.stop = printing_stop, .free = printing_free};

/* ---- one list ---- */

/* What the terminal has room for, as watch(1) shows it: the rest of a line, and of the list, is left out. */
static void printing_show(const char *text)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct buf out = {0};
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row || !size.ws_col)
		size = (struct winsize){.ws_row = 24, .ws_col = 80};
	for (int row = 1; *text && row < size.ws_row; row++) {
		size_t n = strcspn(text, "\n");
		buf_add(&out, text, text_cut(text, n, size.ws_col));
		buf_str(&out, "\033[K\n");
		text += n + (text[n] == '\n');
	}
	fputs("\033[H", stdout);
	fputs(buf_text(&out), stdout);
	fputs("\033[J", stdout);
	buf_free(&out);
}

/* "every 1 s  11:36:04  teller@127.0.0.1:5432/bank" */
static void printing_add_head(struct buf *out, const struct printing *printing)
{
	char time[16];
	struct buf head = {0};
	clock_show(time, clock_wall_us());
	buf_fmt(&head, "%.8s  every %g s  %s", time, (double)printing->every_ms / 1000,
		db_facts(printing->job.app->browse)->place);
	text_escape(out, buf_text(&head), head.len, 0);
	buf_char(out, '\n');
	buf_free(&head);
}

/* For people, with a line at the top where it comes again. */
static enum status printing_write_lines(struct printing *printing, const struct sessions *sessions, struct err *err)
{
	char *table = NULL;
	size_t size = 0;
	struct buf text = {0};
	FILE *memory = open_memstream(&table, &size);
	if (!memory)
		return err_set(err, ST_OWN, "there is no memory for the list: %s", strerror(errno));
	enum status status = sessions_write(memory, printing->format, sessions, printing->tree, printing->job.app, err);
	fclose(memory);
	printing_add_head(&text, printing);
	sessions_add_missing(&text, sessions, db_who(printing->job.app->browse));
	buf_str(&text, table);
	if (printing->terminal)
		printing_show(buf_text(&text));
	else
		printf("%s%s", printing->again ? "\n" : "", buf_text(&text));
	fflush(stdout);
	buf_free(&text);
	free(table);
	return status;
}

static void printing_say_missing(const struct printing *printing, const struct sessions *sessions)
{
	struct app *app = printing->job.app;
	struct buf missing = {0};
	if (printing->tree && !sessions->nwaits && printing->format == FORMAT_TABLE)
		app_say(app, ST_OK, "nobody waits");
	sessions_add_missing(&missing, sessions, db_who(app->browse));
	for (const char *line = buf_text(&missing); *line; line += strcspn(line, "\n") + 1)
		app_say(app, ST_OK, "%.*s", (int)strcspn(line, "\n"), line);
	buf_free(&missing);
}

static enum status printing_write(struct printing *printing, const struct sessions *sessions, struct err *err)
{
	bool lines = printing->every_ms && printing->format == FORMAT_TABLE;
	enum status status =
		lines ? printing_write_lines(printing, sessions, err)
		      : sessions_write(stdout, printing->format, sessions, printing->tree, printing->job.app, err);
	if (!status && !printing->again && !lines)
		printing_say_missing(printing, sessions);
	printing->again = true;
	return status;
}

static void printing_on_sessions(void *arg, struct sessions *sessions, const struct err *asked)
{
	struct printing *printing = arg;
	struct err err = {0};
	if (asked)
		err = *asked;
	else if (!printing->stopping)
		err.status = printing_write(printing, sessions, &err);
	sessions_free(sessions);
	if (err.status == ST_LOST)
		reconnect_lost(printing->job.app);
	if (printing->stopping)
		printing_finish(printing, ST_CANCELLED, NULL);
	else if (err.status || !printing->every_ms || ferror(stdout))
		printing_finish(printing, err.status, err.text[0] ? err.text : NULL);
	else
		timer_start(printing->timer, printing->every_ms);
}

static void printing_ask(void *arg)
{
	struct printing *printing = arg;
	struct app *app = printing->job.app;
	struct sessions_question question = {0};
	if (db_state(app->browse) != DB_IDLE) {
		printing_finish(printing, ST_LOST, "the connection was lost while the sessions were listed");
		return;
	}
	app_sessions_question(app, &question, &printing->ours);
	sessions_ask(app->browse, &question, printing_on_sessions, printing);
}

/* ---- the command ---- */

enum status sessions_every(const struct run *run, uint64_t *every_ms, struct err *err)
{
	const char *word = run_option(run, "watch");
	unsigned long long seconds = 0;
	enum status status = word ? options_number(word, "--watch", 1, EVERY_MAX_S, &seconds, err) : ST_OK;
	*every_ms = seconds * 1000;
	return status;
}

void sessions_print(struct run *run)
{
	struct app *app = run->app;
	struct err err;
	enum output_format format;
	uint64_t every_ms;
	if (run_format(run, &format, &err) || sessions_every(run, &every_ms, &err) ||
	    !job_may(app, USES_BROWSE, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct printing *printing = NEW(struct printing);
	*printing = (struct printing){.job = {.ops = &printing_ops, .name = "sessions", .uses = USES_BROWSE},
				      .run = run,
				      .format = format,
				      .every_ms = every_ms,
				      .tree = run_option(run, "tree") != NULL,
				      .terminal = isatty(STDOUT_FILENO) != 0};
	printing->timer = timer_new(app->loop, printing_ask, printing);
	job_begin(app, &printing->job);
	printing_ask(printing);
}
