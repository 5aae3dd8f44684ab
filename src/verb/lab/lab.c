/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command lab: its words, and spec files and lessons played on the server. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "cli/output.h"
#include "cli/plain.h"
#include "lab/transcript.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

void lab_over(struct lab *lab, enum status status, const char *sentence)
{
	struct run *run = lab->run;
	lab->run = NULL;
	job_over(&lab->job);
	run_end(run, status, sentence);
}

/* ---- a transcript ---- */

static struct spec *lab_read_spec(const char *name, struct err *err)
{
	const struct asset_lesson *shipped = lesson_named(name);
	struct buf text = {0};
	struct spec *spec = NULL;
	if (shipped)
		return spec_parse(name, shipped->text, strlen(shipped->text), err);
	if (lesson_read(name, &text, err) == ST_OK)
		spec = spec_parse(name, buf_text(&text), text.len, err);
	buf_free(&text);
	return spec;
}

void lab_write(struct lab *lab, const char *text, size_t n)
{
	output_text(stdout, text, n);
	fflush(stdout);
	if (ferror(stdout) && lab->run && !lab->run->app->leaving)
		plain_unwritten(lab->run->app, errno);
}

static void on_write(void *arg, bool talk, const char *text, size_t n)
{
	if (!talk) {
		lab_write(arg, text, n);
		return;
	}
	output_text(stderr, text, n);
	fflush(stderr);
}

static void lab_on_played(void *arg, bool ok)
{
	struct lab *lab = arg;
	lab_over(lab, ok ? ST_OK : lab->stopped ? ST_CANCELLED : ST_OWN, NULL);
}

/* ---- lab run ---- */

static void lab_begin_plain(struct lab *lab)
{
	struct err err = {0};
	lab->plain = lab_plain_start(lab, &err);
	if (!lab->plain)
		lab_over(lab, err.status, err.text);
}

static void lab_start(void *arg, const struct err *err)
{
	struct lab *lab = arg;
	struct run *run = lab->run;
	struct transcript_to to = {on_write, lab_on_played, lab};
	struct app *app = run->app;
	struct err standby = {0};
	if (!err && run_standby(app, "a lesson", &standby))
		err = &standby;
	if (err) {
		lab_over(lab, err->status, err->text);
		return;
	}
	if (strcmp(run->args[0], "play") == 0)
		lab_begin_plain(lab);
	else if (strcmp(run->args[0], "handout") == 0)
		lab->handout = handout_start(lab);
	else if (strcmp(run->args[0], "matrix") == 0)
		lab->matrix = matrix_start(lab);
	else if (strcmp(run->args[0], "explore") == 0)
		lab->exploring = exploring_start(lab);
	else if (strcmp(run->args[0], "solve") == 0)
		lab->solving = solving_start(lab);
	else if (lab->spec)
		lab->transcript = transcript_start(app->loop, app->ring, &app->settings.conninfo, lab->spec,
						   lesson_named(run->args[1]) != NULL, &to);
	else
		lab->judging = judging_start(lab);
}

static enum status check_run(const struct run *run, struct err *err)
{
	bool transcript = run_option(run, "transcript");
	if (run->app->settings.read_only)
		return err_set(err, ST_REJECTED, "lab %s makes tables of its own: teller was started with --read-only",
			       run->args[0]);
	if (transcript && !app_prints(run->app))
		return err_set(err, ST_USAGE,
			       "lab run --transcript writes to standard output; run it from a shell, "
			       "or with --plain");
	return ST_OK;
}

static enum status check_handout(const struct run *run, struct err *err)
{
	if (check_run(run, err))
		return err->status;
	if (!app_prints(run->app))
		return err_set(err, ST_USAGE,
			       "lab handout writes to standard output; run it from a shell, or with "
			       "--plain");
	const char *format = run_option(run, "format");
	if (run_option(run, "json") || run_option(run, "csv") || (format && strcmp(format, "md") != 0))
		return err_set(err, ST_USAGE,
			       "lab handout writes Markdown, or HTML with --html or into a file that ends in .html");
	return handout_check(run, err);
}

static enum status check_explore(const struct run *run, struct err *err)
{
	return check_run(run, err) ? err->status : exploring_check(run, err);
}

static enum status check_solve(const struct run *run, struct err *err)
{
	return check_run(run, err) ? err->status : solving_check(run, err);
}

/* ---- its life ---- */

/* ^C ends the program, which has it torn down. */
static bool stop_lab(struct job *job, enum job_stop how)
{
	struct lab *lab = (struct lab *)job;
	if (how == STOP_INTERRUPT || lab->stopped)
		return false;
	lab->stopped = true;
	if (lab->transcript)
		transcript_stop(lab->transcript);
	if (lab->judging)
		judging_stop(lab->judging);
	if (lab->plain)
		lab_plain_stop(lab->plain);
	if (lab->handout)
		handout_stop(lab->handout);
	if (lab->matrix)
		matrix_stop(lab->matrix);
	if (lab->exploring)
		exploring_stop(lab->exploring);
	if (lab->solving)
		solving_stop(lab->solving);
	return true;
}

static void free_lab(struct job *job)
{
	struct lab *lab = (struct lab *)job;
	transcript_free(lab->transcript);
	judging_free(lab->judging);
	lab_plain_free(lab->plain);
	handout_free(lab->handout);
	matrix_free(lab->matrix);
	exploring_free(lab->exploring);
	solving_free(lab->solving);
	spec_free(lab->spec);
	free(lab);
}

static const struct job_ops lab_ops = {.stop = stop_lab, .awaited = job_always, .free = free_lab};

static void do_run(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	bool transcript = run_option(run, "transcript");
	if (!job_may(app, USES_LESSON, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct spec *spec = transcript ? lab_read_spec(run->args[1], &err) : NULL;
	if (transcript && !spec) {
		run_end(run, err.status, err.text);
		return;
	}
	job_sweep(app, &lab_ops);
	struct lab *lab = NEW(struct lab);
	*lab = (struct lab){
		.job = {.ops = &lab_ops, .name = "a lesson", .uses = USES_LESSON}, .run = run, .spec = spec};
	job_begin(app, &lab->job);
	/* The lab makes its own connections. A transcript needs the private server alone; the judge, to know what
	 * server it is. */
	waiters_wait(app, app->settings.demo || !transcript ? COMMAND_SERVER : 0, lab_start, lab);
}

static void do_solve(struct run *run)
{
	if (!solving_shows(run))
		do_run(run);
}

/* ---- the command ---- */

static const struct word_of_lab {
	const char *name, *wants; /* what it has to be given, NULL: nothing */
	enum status (*check)(const struct run *run, struct err *err);
	void (*act)(struct run *run);
} words_of_lab[] = {
	{"list", NULL, NULL, lessons_list},
	{"show", "a lesson's name, or a file", NULL, lessons_show},
	{"run", "a lesson's name, a file, or all", check_run, do_run},
	{"explore", "a lesson's name, or a file", check_explore, do_run},
	{"solve", "an exercise's name, or a file", check_solve, do_solve},
	{"check", "a file", NULL, lessons_check},
	{"new", "the name of the lesson to begin", NULL, lessons_new},
	{"progress", NULL, NULL, lab_progress},
	{"program", "a topic", program_check, lab_program},
	{"handout", "lessons' names, files, or all", check_handout, do_run},
	{"matrix", NULL, check_run, do_run},
};

/* As usage and errors name them. */
#define LAB_WORDS(SEP, LAST)                                                                                           \
	"list" SEP "show" SEP "run" SEP "play" SEP "explore" SEP "solve" SEP "check" SEP "new" SEP "progress" SEP      \
	"program" SEP "handout" LAST "matrix"

static const struct word_of_lab *find_word(const char *name, struct err *err)
{
	struct nearest nearest = {.word = name};
	for (size_t i = 0; i < COUNT_OF(words_of_lab); i++) {
		if (strcmp(words_of_lab[i].name, name) == 0)
			return &words_of_lab[i];
		nearest_try(&nearest, words_of_lab[i].name);
	}
	if (lesson_named(name)) {
		err_set(err, ST_USAGE, "`lab play %s` plays it, `lab show %s` says what it is about", name, name);
		return NULL;
	}
	err_set(err, ST_USAGE, "unknown lab command \"%.80s\"%s%s; use %s", name, nearest.best ? ", did you mean " : "",
		nearest.best ? nearest.best : "", LAB_WORDS(", ", " or "));
	return NULL;
}

/* What needs a user who watches. */
static bool is_played(const struct run *run)
{
	return run->nargs == 0 || lab_screen_knows(run->args[0]);
}

/* Without a screen: the list, or a lesson as lines. */
static enum status lab_check_play(const struct run *run, struct err *err)
{
	if (run->nargs == 0)
		return ST_OK;
	if (strcmp(run->args[0], "play") != 0)
		return err_set(err, ST_USAGE, "lab %s is for a screen; `lab play NAME` plays a lesson here",
			       run->args[0]);
	if (!run->args[1])
		return err_set(err, ST_USAGE, "which lesson? lab play NAME; `lab list` names them");
	if (run->app->settings.read_only)
		return err_set(err, ST_REJECTED,
			       "lab play makes tables of its own: teller was started with --read-only");
	return ST_OK;
}

static enum status lab_check_options(const struct run *run, const char *word, struct err *err)
{
	static const struct {
		const char *option, *word;
	} belongs[] = {{"transcript", "run"},
		       {"html", "handout"},
		       {"isolation", "explore"},
		       {"sample", "explore"},
		       {"limit", "explore"}}; /* --seed may be the program's own */
	for (size_t i = 0; i < COUNT_OF(belongs); i++)
		if (run_option(run, belongs[i].option) && strcmp(word, belongs[i].word) != 0)
			return err_set(err, ST_USAGE, "--%s is for lab %s", belongs[i].option, belongs[i].word);
	return ST_OK;
}

static bool lab_takes_more(const char *word)
{
	static const char *const words[] = {"handout", "program", "solve", "edit"};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

static enum status check_lab(const struct run *run, struct err *err)
{
	if (run->nmore && !lab_takes_more(run->args[0]))
		return err_set(err, ST_USAGE, "lab %.40s has no place for \"%.80s\"", run->args[0], run->more[0]);
	if (is_played(run) && app_prints(run->app))
		return lab_check_play(run, err);
	if (is_played(run))
		return ST_OK;
	const struct word_of_lab *word = find_word(run->args[0], err);
	if (!word)
		return ST_USAGE;
	if (word->wants && !run->args[1] && word->act != lab_program)
		return err_set(err, ST_USAGE, "lab %s needs %s", word->name, word->wants);
	if (!word->wants && run->args[1])
		return err_set(err, ST_USAGE, "lab %s has no place for \"%.80s\"", word->name, run->args[1]);
	enum status status = lab_check_options(run, word->name, err);
	if (!status)
		status = record_check(run, err);
	return status || !word->check ? status : word->check(run, err);
}

static void do_lab(struct run *run)
{
	struct err err = {0};
	if (is_played(run) && !app_prints(run->app)) {
		lab_screen_run(run);
		return;
	}
	if (is_played(run)) {
		(run->nargs ? do_run : lessons_list)(run);
		return;
	}
	const struct word_of_lab *word = find_word(run->args[0], &err);
	if (word)
		word->act(run);
	else
		run_end(run, err.status, err.text);
}

const struct command verb_lab = {
	.name = "lab",
	.args = {{LAB_WORDS("|", "|") "|edit", ARG_WORD, true}, {"LESSON...", ARG_LESSONS, true}},
	.options =
		{
			{.name = "transcript", .help = "write what isolationtester writes, byte for byte"},
			{.name = "html", .help = "a handout as one HTML file, to print or to show"},
			{.name = "isolation",
			 .value = "LEVEL,...",
			 .help = "explore at these isolation levels, or at all"},
			{.name = "sample", .value = "N", .help = "explore N orders, by chance"},
			{.name = "limit", .value = "N", .help = "explore N orders at most (1000)"},
			{.name = "seed", .value = "N", .help = "the same seed, the same sample"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB,
	.help = "list, show, play and print lessons and spec files",
	.run = do_lab,
	.check = check_lab,
};
