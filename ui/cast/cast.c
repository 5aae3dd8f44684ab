/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording as an asciicast: played on the console, on a screen that is only a file. */
#include "ui/cast/cast.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "app/play.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/settings.h"
#include "event/json.h"
#include "ui/screen.h"

enum {
	CAST_ALL = 2000,       /* so many stops of a recording are all drawn, one after another; of more, ... */
	CAST_LEAST_US = 50000, /* ... each at least so long to be seen; ... */
	CAST_FRAME_US = 33334, /* ... those that are so far apart */
	CAST_IDLE_S = 2,       /* longer pauses are shortened by who plays it */
	CAST_SENTENCE = 600,
};

struct cast {
	struct app *app;
	struct console *console;
	FILE *to;
	int why;          /* errno of the first line that could not be written, or 0 */
	int screen;       /* the file that is the screen */
	uint64_t time_us; /* of the last picture, in the cast */
	struct buf line;
};

/* ---- the lines of the format, version 2 ---- */

static void cast_put(struct cast *cast)
{
	buf_char(&cast->line, '\n');
	if (fwrite(buf_text(&cast->line), 1, cast->line.len, cast->to) != cast->line.len && !cast->why)
		cast->why = errno;
	buf_clear(&cast->line);
}

static void cast_head(struct cast *cast, int rows, int cols)
{
	struct buf raw = {0}, about = {0};
	play_describe(&raw, cast->app);
	buf_str(&about, "teller, ");
	text_escape(&about, buf_text(&raw), raw.len, 0);
	buf_free(&raw);
	buf_fmt(&cast->line, "{\"version\":2,\"width\":%d,\"height\":%d,\"timestamp\":%" PRIu64, cols, rows,
		play_place(cast->app).wall_us / 1000000);
	buf_fmt(&cast->line, ",\"idle_time_limit\":%d,\"env\":{\"TERM\":\"xterm-256color\"},\"title\":", CAST_IDLE_S);
	json_add_string(&cast->line, buf_text(&about), about.len);
	buf_char(&cast->line, '}');
	cast_put(cast);
	buf_free(&about);
}

/* What the screen was sent since the last time; its file is empty again. */
static void cast_take(struct cast *cast)
{
	char piece[16384];
	struct buf sent = {0};
	lseek(cast->screen, 0, SEEK_SET);
	for (ssize_t n; (n = read(cast->screen, piece, sizeof piece)) > 0;)
		buf_add(&sent, piece, (size_t)n);
	bool emptied = lseek(cast->screen, 0, SEEK_SET) == 0 && ftruncate(cast->screen, 0) == 0;
	(void)emptied; /* a file in memory always can be */
	if (sent.len) {
		buf_fmt(&cast->line, "[%" PRIu64 ".%06u,\"o\",", cast->time_us / 1000000,
			(unsigned)(cast->time_us % 1000000));
		json_add_string(&cast->line, sent.p, sent.len);
		buf_char(&cast->line, ']');
		cast_put(cast);
	}
	buf_free(&sent);
}

/* ---- playing ---- */

static void cast_draw(struct cast *cast)
{
	message_set(&cast->console->message, ST_OK, "");
	paint_turn(cast->console); /* what has happened is read */
	paint_now(cast->console);
	cast_take(cast);
}

static void cast_play(struct cast *cast)
{
	struct play_place place = play_place(cast->app);
	uint64_t last_us = place.wall_us, least = place.of <= CAST_ALL ? CAST_LEAST_US : 0;
	cast_draw(cast);
	for (uint64_t n = 2; n <= place.of && !cast->why; n++) {
		play_to(cast->app, n);
		uint64_t now = play_place(cast->app).wall_us, gone = now > last_us ? now - last_us : 0;
		if (!least && gone < CAST_FRAME_US && n < place.of)
			continue;
		cast->time_us += gone > least ? gone : least;
		last_us = now > last_us ? now : last_us;
		cast_draw(cast);
	}
}

/* ---- the process ---- */

static void cast_environment(int rows, int cols)
{
	char number[16];
	setenv("TERM", "xterm-256color", 1);
	unsetenv("COLORTERM");
	snprintf(number, sizeof number, "%d", rows);
	setenv("LINES", number, 1);
	snprintf(number, sizeof number, "%d", cols);
	setenv("COLUMNS", number, 1);
}

/* Standard input is a pipe without keys, standard output the file that is the screen. */
static bool cast_streams(struct cast *cast, FILE *to)
{
	int keys[2], out = fcntl(fileno(to), F_DUPFD_CLOEXEC, 3);
	cast->screen = memfd_create("screen", MFD_CLOEXEC);
	cast->to = out < 0 ? NULL : fdopen(out, "w");
	return cast->to && cast->screen >= 0 && pipe(keys) == 0 && dup2(keys[0], STDIN_FILENO) >= 0 &&
	       dup2(cast->screen, STDOUT_FILENO) >= 0;
}

static enum status cast_settings(struct settings *settings, const char *path, struct err *err)
{
	char *argv[] = {mem_dup("teller"), mem_dup("--no-config"), mem_dup("trace"),
			mem_dup("play"),   mem_dup(path),          NULL};
	enum status status = settings_parse(settings, COUNT_OF(argv) - 1, argv, err);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	return status;
}

static enum status cast_run(const char *path, int rows, int cols, FILE *to, struct err *err)
{
	struct cast cast = {0};
	struct settings settings = {0};
	cast_environment(rows, cols);
	if (!cast_streams(&cast, to))
		return err_set(err, ST_OWN, "cannot make a screen to play on: %s", strerror(errno));
	if (cast_settings(&settings, path, err))
		return err->status;
	cast.app = app_new(&settings);
	cast.console = console_open(cast.app, err);
	if (!cast.console)
		return err->status;
	app_start(cast.app);
	if (!cast.app->play)
		return err_set(err, ST_OWN, "%s", cast.console->message.text ? cast.console->message.text : path);
	cast_head(&cast, rows, cols);
	cast_play(&cast);
	if (fflush(cast.to) != 0 && !cast.why)
		cast.why = errno;
	if (cast.why == EPIPE) /* nobody reads any more */
		return err_set(err, ST_OWN, "%s", "");
	return cast.why ? err_set(err, ST_OWN, "cannot write the cast: %s", strerror(cast.why)) : ST_OK;
}

/* Its end takes nothing with it that is not its own. */
static _Noreturn void cast_child(const char *path, int rows, int cols, FILE *to, int said)
{
	struct err err = {0};
	enum status status = cast_run(path, rows, cols, to, &err);
	ssize_t ignored = status ? write(said, err.text, strlen(err.text)) : 0;
	(void)ignored;
	_exit((int)status);
}

static enum status cast_await(pid_t pid, int said, struct err *err)
{
	char text[CAST_SENTENCE] = "";
	size_t n = 0;
	int status = 0;
	for (ssize_t got; n < sizeof text - 1; n += (size_t)got) {
		got = read(said, text + n, sizeof text - 1 - n);
		if (got <= 0 && !(got < 0 && errno == EINTR))
			break;
		got = got < 0 ? 0 : got;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return ST_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == ST_OWN && !n)
		return err_set(err, ST_OWN, "%s", "");
	return err_set(err, ST_OWN, "%s", n ? text : "what played the recording has ended before its end");
}

enum status console_cast(const char *path, int rows, int cols, FILE *to, struct err *err)
{
	int said[2];
	if (fflush(to) != 0 || pipe2(said, O_CLOEXEC) != 0)
		return err_set(err, ST_OWN, "cannot play the recording: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		close(said[0]);
		cast_child(path, rows, cols, to, said[1]);
	}
	int why = errno;
	close(said[1]);
	enum status status = pid < 0 ? err_set(err, ST_OWN, "cannot play the recording: %s", strerror(why))
				     : cast_await(pid, said[0], err);
	close(said[0]);
	return status;
}
