/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode: commands from options, a file or standard input; lines out. */
#include "cli/plain.h"
#include "cli/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/app_private.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/input.h"
#include "cli/line_editor.h"
#include "cli/output.h"
#include "cli/plain_events.h"
#include "cli/progress.h"

/*
 * Commands come first from the settings (-c and the verb), then from a file (-f), else from standard input. What was
 * asked for by an option stops at the first command that fails. Standard input goes on: a person leaves with the
 * status of the last command, as from psql; a pipe with that of the first that failed, so that a failure is never
 * lost.
 */
struct plain {
	struct app *app;
	size_t next;           /* of settings.commands */
	int file;              /* the open file of -f, or -1 */
	struct input *script;  /* commands: the file, or standard input */
	struct input *answers; /* standard input, for questions; the same as `script` where commands come from there */
	bool from_stdin;       /* commands come from standard input */
	bool person;           /* and a person types them */
	bool strict;           /* the first failure is the end */
	bool begun;            /* a person: what it is connected to was said, and commands are asked for */
	bool prompted;         /* the prompt is what stands in the last line of the terminal */
	const struct line_editor *editor; /* of the lines of a person; NULL: the terminal's own */
	bool edited;                      /* the prompt is the editor's */
	const char *hint;                 /* what a command waits for, in place of the prompt; NULL */
	void (*answer)(void *arg, const char *line);
	void *answer_arg;
	struct timer *again; /* something was written over the prompt: it is shown again */
	bool stepping;       /* the next line lets a statement go that is held */
	bool probing;        /* nothing was asked for: is there a server at all? */
	unsigned long line;  /* of the file */
	enum status last;
	struct progress progress;
	struct run *asked; /* the run whose question is open */
	struct narrate *narrate;
};

static const char PROMPT[] = "teller> ";

static void next_command(struct plain *plain);

/* ---- the face ---- */

static void prompt(struct plain *plain)
{
	if (!plain->person && !plain->hint)
		return;
	plain->edited = plain->editor && plain->person && !plain->hint && !plain->stepping;
	if (plain->edited)
		plain->editor->begin(PROMPT);
	else
		narrate_say(plain->narrate, "%s", plain->hint ? plain->hint : PROMPT);
	plain->prompted = true;
}

static void prompt_again(void *arg)
{
	struct plain *plain = arg;
	if (plain->edited)
		plain->editor->show();
	else
		prompt(plain);
	plain->prompted = true;
}

/* What comes meanwhile takes the place of the prompt, which follows it. */
static void prompt_away(struct plain *plain)
{
	if (!plain->prompted)
		return;
	if (plain->edited)
		plain->editor->hide();
	else
		narrate_say(plain->narrate, "\r%*s\r", (int)strlen(plain->hint ? plain->hint : PROMPT), "");
	plain->prompted = false;
	timer_start(plain->again, 0);
}

static void on_progress(void *self, const char *text)
{
	struct plain *plain = self;
	prompt_away(plain);
	progress_show(&plain->progress, text);
}

static void on_say(void *self, enum status status, const char *text)
{
	struct plain *plain = self;
	on_progress(plain, NULL);
	narrate_now(plain->narrate);
	if (status == ST_OK)
		narrate_say(plain->narrate, "%s\n", text);
	else if (plain->file >= 0 && plain->line > 0)
		narrate_say(plain->narrate, "teller: %s:%lu: %s\n", plain->app->settings.file, plain->line, text);
	else
		narrate_say(plain->narrate, "teller: %s\n", text);
}

/* Why is known where it fails; whoever looks later sees only that it did. */
static void flush_data(struct plain *plain, const char *line)
{
	int *unwritten = &plain->app->private->unwritten;
	errno = 0;
	if (line && fprintf(stdout, "%s\n", line) < 0 && !*unwritten)
		*unwritten = errno; /* a long one does not wait for the flush */
	if (!*unwritten && (fflush(stdout) != 0 || ferror(stdout)))
		*unwritten = errno ? errno : output_first_error();
}

static void on_print(void *self, const char *text)
{
	struct plain *plain = self;
	on_progress(plain, NULL);
	narrate_now(plain->narrate);
	flush_data(plain, text);
	if (plain->app->private->unwritten && app_tells(plain->app))
		narrate_say(plain->narrate, "%s\n", text);
}

static struct input *answers_of(struct plain *plain)
{
	if (!plain->answers)
		plain->answers = plain->from_stdin ? plain->script : input_new(plain->app->loop, STDIN_FILENO);
	return plain->answers;
}

static void plain_on_asked(void *arg, const char *line)
{
	struct plain *plain = arg;
	plain->hint = NULL;
	plain->prompted = false;
	timer_stop(plain->again);
	plain->answer(plain->answer_arg, line);
}

/* A person sees what is waited for. */
static void on_ask(void *self, const char *hint, void (*line)(void *arg, const char *line), void *arg)
{
	struct plain *plain = self;
	plain->answer = line;
	plain->answer_arg = arg;
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		plain->hint = hint;
		prompt(plain);
	}
	input_next(answers_of(plain), plain_on_asked, plain);
}

/* What asks on a screen is refused where nobody can answer: silence is no yes. */
static void nobody_answers(struct run *run)
{
	const char *name = last_is_undo(run) ? "undo" : run->command->name;
	app_say(run->app, ST_USAGE, "%s asks first, and nobody can answer here: add --yes", name);
	run_end(run, ST_USAGE, NULL);
}

static void plain_on_answer(void *arg, const char *line)
{
	struct plain *plain = arg;
	struct run *run = plain->asked;
	plain->asked = NULL;
	if (!line && !isatty(STDIN_FILENO))
		nobody_answers(run);
	else
		app_reviewed(run, line && strcmp(line, "yes") == 0);
}

/* A person answers; and so does the next line, where it stands behind the command itself. Other data in a pipe are
 * no answer. */
static bool plain_user_answers(const struct plain *plain)
{
	bool from_stdin = plain->from_stdin && plain->line > 0;
	return from_stdin || isatty(STDIN_FILENO);
}

static void on_review(void *self, struct run *run)
{
	struct plain *plain = self;
	struct buf what = {0};
	if (!plain_user_answers(plain)) {
		nobody_answers(run);
		return;
	}
	if (run->command->describe)
		run->command->describe(&what, run);
	else
		buf_str(&what, run->line);
	struct buf harmless = {0};
	text_escape(&harmless, buf_text(&what), what.len, 0);
	narrate_say(plain->narrate, "review: %s; type yes to do it\n", buf_text(&harmless));
	buf_free(&harmless);
	buf_free(&what);
	plain->asked = run;
	input_next(answers_of(plain), plain_on_answer, plain);
}

/* ---- one command after another ---- */

static void say_unwritten(struct app *app)
{
	int why = app->private->unwritten;
	if (why != EPIPE && !app->private->unwritten_said)
		app_say(app, ST_OWN, "cannot write to %.300s: %s", output_stdout_name(), strerror(why));
	app->private->unwritten_said = true;
}

/* As any filter whose reader has gone. */
static void leave_unwritten(struct app *app)
{
	app_leave(app, app->private->unwritten == EPIPE ? 128 + SIGPIPE : status_exit(ST_OWN));
}

void plain_unwritten(struct app *app, int why)
{
	app->private->unwritten = why ? why : EIO;
	say_unwritten(app);
	leave_unwritten(app);
}

static void plain_on_done(void *arg, enum status status)
{
	struct plain *plain = arg;
	struct app *app = plain->app;
	narrate_now(plain->narrate);
	if (status || plain->person)
		plain->last = plain->person || !plain->last ? status : plain->last;
	narrate_wait(plain->narrate);
	flush_data(plain, NULL);
	if (app->private->unwritten && (!status || app->private->told)) /* else it has said why */
		say_unwritten(app);
	if (app->private->unwritten && !app->private->told)
		leave_unwritten(plain->app);
	else if (status && plain->strict)
		app_leave(app, status_exit(status));
	else if (!app->leaving)
		next_command(plain);
}

/* A directory, a disk that fails: what was not read may be half of it. */
static void say_unread(struct plain *plain)
{
	const char *name = plain->file >= 0 ? plain->app->settings.file : "standard input";
	plain->line = 0;
	app_say(plain->app, ST_OWN, "cannot read %.300s: %s", name, strerror(input_error(plain->script)));
	app_leave(plain->app, status_exit(ST_OWN));
}

static void plain_on_line(void *arg, const char *line)
{
	struct plain *plain = arg;
	plain->prompted = plain->edited = false;
	timer_stop(plain->again);
	if (line && plain->app->private->unwritten) {
		leave_unwritten(plain->app);
	} else if (line) {
		plain->line++;
		command_run(plain->app, line, plain_on_done, plain);
	} else if (input_error(plain->script)) {
		say_unread(plain);
	} else if (plain->from_stdin && !plain->person && plain->line == 0) {
		plain->probing = true;
		app_start(plain->app);
	} else {
		app_leave(plain->app, status_exit(plain->last));
	}
}

/* The transfer may have been cancelled meanwhile: then the line is a command. */
static void on_step(void *arg, const char *line)
{
	struct plain *plain = arg;
	plain->stepping = false;
	if (!plain->app->step.next && plain->from_stdin)
		plain_on_line(plain, line);
	else if (!line)
		txn_cancel(plain->app->txn);
	else
		app_step_on(plain->app);
}

static void plain_on_changed(void *self)
{
	struct plain *plain = self;
	if (!plain->app->step.next || plain->stepping)
		return;
	plain->stepping = true;
	input_next(answers_of(plain), on_step, plain);
}

static void next_command(struct plain *plain)
{
	const struct settings *settings = &plain->app->settings;
	if (plain->next < settings->ncommands && plain->app->private->unwritten) {
		leave_unwritten(plain->app);
	} else if (plain->next < settings->ncommands) {
		command_run(plain->app, settings->commands[plain->next++], plain_on_done, plain);
	} else if (plain->script) {
		prompt(plain);
		if (!plain->stepping)
			input_next_edited(plain->script, plain->edited ? plain->editor : NULL, plain_on_line, plain);
	} else {
		app_leave(plain->app, status_exit(plain->last));
	}
}

static void plain_begin(void *arg)
{
	struct plain *plain = arg;
	if (plain->person)
		app_start(plain->app); /* a person reads what it connects to, and is asked then */
	else
		next_command(plain);
}

/* ^C at the prompt gives up the line, as in a shell; at a question it is a no. */
static bool plain_on_interrupt(void *self)
{
	struct plain *plain = self;
	struct run *run = plain->asked;
	if (plain->hint && plain->prompted)
		narrate_say(plain->narrate, "\n");
	if (plain->hint) { /* it is the command that ends */
		plain->hint = NULL;
		plain->prompted = false;
	}
	if (!plain->person || !(plain->prompted || run))
		return false;
	if (plain->edited)
		plain->editor->drop();
	else
		narrate_say(plain->narrate, "\n");
	plain->prompted = false;
	plain->asked = NULL;
	if (run)
		app_reviewed(run, false);
	else
		prompt(plain);
	return true;
}

/* A password is asked for on the terminal. */
static void plain_aside(void *self, bool away)
{
	struct plain *plain = self;
	if (plain->edited)
		plain->editor->lend(away);
}

static void on_phase(void *self)
{
	struct plain *plain = self;
	struct app *app = plain->app;
	bool person = plain->person;
	narrate_now(plain->narrate);
	bool first = person && app->phase == PHASE_READY && !plain->begun;
	if (first) {
		const struct db_facts *facts = db_facts(app->browse);
		app_say(app, ST_OK, "connected to %s: %s %s, %s", facts->place, facts->product, facts->version,
			facts->tls);
	}
	if (person && app->phase == PHASE_READY && app->no_bank)
		app_say(app, ST_STATEMENT, "%s", app->no_bank);
	if (first) {
		plain->begun = true;
		next_command(plain);
	}
	if (plain->probing && app->phase == PHASE_READY)
		app_leave(app, 0);
	if ((person || plain->probing) && app->phase == PHASE_FAILED) {
		app_say(app, app->failure.status, "%s", app->failure.text);
		app_leave(app, status_exit(app->failure.status));
	}
}

/* ---- opening ---- */

static void open_script(struct plain *plain, int file)
{
	const struct settings *settings = &plain->app->settings;
	plain->from_stdin = settings->file ? strcmp(settings->file, "-") == 0 : settings->ncommands == 0;
	plain->person = plain->from_stdin && isatty(STDIN_FILENO);
	plain->strict = settings->file || settings->ncommands > 0;
	if (plain->from_stdin)
		plain->script = input_new(plain->app->loop, STDIN_FILENO);
	plain->file = file;
	if (file >= 0)
		plain->script = input_new(plain->app->loop, file);
}

struct plain *plain_open(struct app *app, int file, const struct line_editor *editor)
{
	struct plain *plain = NEW(struct plain);
	plain->app = app;
	plain->editor = editor;
	open_script(plain, file);
	plain->narrate = narrate_new(app);
	plain->again = timer_new(app->loop, prompt_again, plain);
	app->face = (struct face){.say = on_say,
				  .print = on_print,
				  .review = on_review,
				  .ask = on_ask,
				  .phase = on_phase,
				  .changed = plain_on_changed,
				  .interrupt = plain_on_interrupt,
				  .progress = on_progress,
				  .aside = plain_aside,
				  .progress_ms = progress_open(&plain->progress, narrate_outlet(plain->narrate)),
				  .self = plain};
	loop_soon(app->loop, plain_begin, plain);
	return plain;
}

void plain_close(struct plain *plain)
{
	if (!plain)
		return;
	narrate_now(plain->narrate);
	narrate_free(plain->narrate);
	timer_free(plain->again);
	plain->app->face = (struct face){0};
	if (plain->answers != plain->script)
		input_free(plain->answers);
	input_free(plain->script);
	if (plain->file >= 0)
		close(plain->file);
	free(plain);
}
