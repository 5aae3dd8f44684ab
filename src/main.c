/* SPDX-License-Identifier: GPL-3.0-or-later */
/* teller: settings in, a front end, the loop, the exit status out. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/password.h"
#include "base/text.h"
#include "cli/config.h"
#include "cli/plain.h"
#include "cli/plain_events.h"
#include "cli/settings.h"
#include "ui/cast/cast.h"
#include "ui/console.h"
#include "ui/line_editor.h"
#include "verb/verb.h"

/* Of a server, a file or an argument, perhaps: none of them writes to the terminal. */
static int fail(struct err *err)
{
	struct buf text = {0};
	conninfo_hide_said(err->text);
	text_escape(&text, err->text, strlen(err->text), 0);
	fprintf(stderr, "teller: %s\n", buf_text(&text));
	buf_free(&text);
	return status_exit(err->status);
}

static int tell(struct settings *settings)
{
	struct buf text = {0};
	struct err err = {0};
	if (settings->show_help)
		settings_help(&text, settings->help_of);
	else
		settings_version(&text);
	bool told = fputs(buf_text(&text), stdout) >= 0 && fflush(stdout) == 0;
	int why = errno;
	buf_free(&text);
	settings_free(settings);
	if (told)
		return 0;
	if (why == EPIPE)
		return 128 + SIGPIPE;
	err_set(&err, ST_OWN, "cannot write to standard output: %s", strerror(why));
	return fail(&err);
}

static int run(struct app *app, bool plain_mode, int file)
{
	struct err err = {0};
	const struct line_editor *editor = plain_mode ? line_editor_open(app) : NULL;
	struct plain *plain = plain_mode ? plain_open(app, file, editor) : NULL;
	struct console *console = plain_mode ? NULL : console_open(app, &err);
	if (!plain && !console)
		return fail(&err);
	struct narrate *narrate = console && app->settings.echo ? narrate_new(app) : NULL;
	config_tell(app);
	if (console)
		app_start(app);
	if (!app->leaving)
		loop_run(app->loop);
	if (narrate)
		narrate_now(narrate);
	narrate_free(narrate);
	app_trace_end(app);
	console_close(console);
	plain_close(plain);
	line_editor_close(editor);
	if (console && app->phase == PHASE_FAILED)
		fail(&app->failure);
	int doubt = app_last_words(app, console != NULL, &err) ? fail(&err) : 0;
	return app->exit_status ? app->exit_status : doubt;
}

/* What was closed is taken, so that nothing else comes to stand there, but by what refuses: to use it is an error,
 * as it was. */
static void take_standard_streams(void)
{
	static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) < 0)
			_exit(ST_OWN);
}

int main(int argc, char **argv)
{
	struct settings settings = {0};
	struct err err = {0};
	take_standard_streams();
	setlocale(LC_ALL, "");
	setlocale(LC_MESSAGES, "C"); /* libpq and the system speak the language that teller speaks */
	signal(SIGPIPE, SIG_IGN);    /* a reader that has gone is an error of write(), with a server to stop after it */
	command_use(verb_table, verb_table_n);
	int signum = 0;
	enum status status = settings_parse(&settings, argc, argv, &err);
	for (int i = 1; i < argc; i++)
		conninfo_hide(argv[i]); /* `ps` shows them to everybody */
	if (!status && (settings.show_help || settings.show_version))
		return tell(&settings);
	if (!status && settings.ask_password && !settings.never_ask)
		status = password_ask(&settings, &signum, &err);
	if (status) {
		settings_free(&settings);
		return fail(&err);
	}
	if (settings.demo) {
		conninfo_keep_password(&settings.against); /* another server's */
		conninfo_keep_password(&settings.second);
		conninfo_leave_environment();
	}
	bool plain_mode = plain_wanted(&settings);
	if (!plain_mode && settings.echo && isatty(STDERR_FILENO)) {
		err_set(&err, ST_USAGE,
			"--echo writes to standard error, and the screen is there: add 2>FILE, or --plain");
		settings_free(&settings);
		return fail(&err);
	}
	int file = -1;
	if (plain_mode && plain_open_files(&settings, &file, &err)) {
		settings_free(&settings);
		return fail(&err);
	}
	struct app *app = app_new(&settings);
	app->terminal = console_facts;
	app->cast = console_cast;
	int exit_status = app_trace(app, &err) ? fail(&err) : run(app, plain_mode, file);
	if (!app_free(app)) {
		fflush(NULL);
		_exit(exit_status); /* a look-up or a cancel that nobody answers must not keep the program */
	}
	return exit_status;
}
