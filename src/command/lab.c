/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command lab: spec files and lessons, played on the server. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "handlers.h"
#include "inner.h"
#include "lab/spec.h"
#include "lab/transcript.h"

/* What is being played. It stays behind when it is over, until the next one or the end of the program. */
struct lab {
	struct run *run; /* NULL when it is over */
	struct spec *spec;
	struct transcript *transcript;
};

/* ---- the file ---- */

static struct spec *read_spec(const char *path, struct err *err)
{
	struct buf text = {0};
	struct spec *spec = NULL;
	if (lesson_read(path, &text, err) == ST_OK)
		spec = spec_parse(path, buf_text(&text), text.len, err);
	buf_free(&text);
	return spec;
}

/* ---- a transcript ---- */

/* A file or a pipe gets every byte; a terminal, only what does it no harm. */
static void write_lines(FILE *to, const char *text, size_t n)
{
	if (!isatty(fileno(to))) {
		fwrite(text, 1, n, to);
		fflush(to);
		return;
	}
	for (const char *end = text + n; text < end;) {
		struct buf line = {0};
		size_t length = strcspn(text, "\n\t");
		text_escape(&line, text, length, 0);
		if (text + length < end)
			buf_char(&line, text[length]);
		fputs(buf_text(&line), to);
		buf_free(&line);
		text += length + 1;
	}
	fflush(to);
}

static void on_write(void *arg, bool talk, const char *text, size_t n)
{
	struct lab *lab = arg;
	write_lines(talk ? stderr : stdout, text, n);
	if (!talk && ferror(stdout) && lab->run)
		app_leave(lab->run->app, 128 + SIGPIPE);
}

static void on_played(void *arg, bool ok)
{
	struct lab *lab = arg;
	struct run *run = lab->run;
	struct app *app = run->app;
	lab->run = NULL;
	run_end(run, ok ? ST_OK : app->leaving ? ST_CANCELLED : ST_OWN, NULL);
	leaving_look(app);
}

static void start_transcript(void *arg, const struct err *err)
{
	struct lab *lab = arg;
	struct run *run = lab->run;
	struct transcript_to to = {on_write, on_played, lab};
	if (err) {
		lab->run = NULL;
		run_end(run, err->status, err->text);
		return;
	}
	struct app *app = run->app;
	lab->transcript = transcript_start(app->loop, app->ring, &app->settings.conninfo, lab->spec, &to);
}

/* ---- the command ---- */

enum status check_lab(const struct run *run, struct err *err)
{
	if (strcmp(run->args[0], "run") != 0)
		return err_set(err, ST_USAGE, "lab %.80s is not known; lab run FILE --transcript is", run->args[0]);
	if (!run->args[1])
		return err_set(err, ST_USAGE, "lab run needs a spec file; usage: lab run FILE --transcript");
	if (!run_option(run, "transcript"))
		return err_set(err, ST_USAGE, "lab run needs --transcript");
	return app_prints(run->app) ? ST_OK
				    : err_set(err, ST_USAGE,
					      "lab run --transcript writes to standard output; run it "
					      "from a shell, or with --plain");
}

void do_lab(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	if (lab_runs(app)) {
		run_end(run, ST_USAGE, "something is being played already; wait for its end, or cancel it");
		return;
	}
	struct spec *spec = read_spec(run->args[1], &err);
	if (!spec) {
		run_end(run, err.status, err.text);
		return;
	}
	lab_free(app);
	app->inner->lab = NEW(struct lab);
	*app->inner->lab = (struct lab){.run = run, .spec = spec};
	/* Only the private server has to be made first: the lab makes its own connections. */
	needs_wait(app, app->settings.demo ? COMMAND_SERVER : 0, start_transcript, app->inner->lab);
}

bool lab_runs(const struct app *app)
{
	return app->inner->lab && app->inner->lab->run;
}

void lab_stop(struct app *app)
{
	if (lab_runs(app) && app->inner->lab->transcript)
		transcript_stop(app->inner->lab->transcript);
}

void lab_free(struct app *app)
{
	struct lab *lab = app->inner->lab;
	if (!lab)
		return;
	transcript_free(lab->transcript);
	spec_free(lab->spec);
	free(lab);
	app->inner->lab = NULL;
}
