/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the configuration file, with caution: whatever it holds or is, teller starts, and says what is wrong. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app_private.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/config.h"
#include "cli/words.h"
#include "config_internal.h"

enum { CONFIG_MAX_BYTES = 65536, CONFIG_FAULTS_MAX = 20 };

/* ---- the file ---- */

/* $XDG_CONFIG_HOME/teller/config or ~/.config/teller/config; NULL where neither is an absolute path. Owned. */
static char *config_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf path = {0};
	if (config && config[0] == '/')
		buf_fmt(&path, "%s/teller/config", config);
	else if (home && home[0] == '/')
		buf_fmt(&path, "%s/.config/teller/config", home);
	return path.len ? buf_take(&path) : NULL;
}

/* Keys and aliases that another wrote would be run by this user. */
static enum status config_trust(const struct stat *st, struct err *err)
{
	if (!S_ISREG(st->st_mode))
		return err_set(err, ST_OWN, "it is %s, and not a file",
			       S_ISDIR(st->st_mode) ? "a directory" : "a device or pipe");
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(err, ST_OWN, "it belongs to another user; make a copy of your own");
	if (st->st_mode & S_IWOTH)
		return err_set(err, ST_OWN, "every user can write to it; `chmod o-w` makes it yours");
	if (st->st_size > CONFIG_MAX_BYTES)
		return err_set(err, ST_OWN, "it is longer than %d bytes", (int)CONFIG_MAX_BYTES);
	return ST_OK;
}

static enum status config_read_all(int fd, struct buf *text, struct err *err)
{
	char bytes[4096];
	ssize_t n;
	while ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			buf_add(text, bytes, (size_t)n);
		if (text->len > CONFIG_MAX_BYTES)
			return err_set(err, ST_OWN, "it is longer than %d bytes", (int)CONFIG_MAX_BYTES);
	}
	return n < 0 ? err_set(err, ST_OWN, "%s", strerror(errno)) : ST_OK;
}

/* To open a pipe is not to wait for who writes to it. `missing`: there is none, and `err` says so. */
enum status config_load(struct config *config, bool *missing, struct err *err)
{
	struct stat st;
	*missing = false;
	int fd = open(config->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		*missing = errno == ENOENT || errno == ENOTDIR;
		err_set(err, ST_OWN, "%s", strerror(errno));
	} else if (!config_trust(&st, err)) {
		config->shared = (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
		config->read = !config_read_all(fd, &config->text, err);
	}
	if (fd >= 0)
		close(fd);
	return err->status;
}

/* ---- its lines ---- */

/* What would not stand in a text: control characters, NUL, bytes that are no UTF-8. */
static enum status config_check_bytes(const char *line, size_t n, struct err *err)
{
	for (size_t i = 0, used; i < n; i += used) {
		uint32_t cp = 0;
		used = text_decode(line + i, n - i, &cp);
		if (cp == UINT32_MAX)
			return err_set(err, ST_USAGE, "it is not UTF-8; nothing of the line was done");
		if ((cp < 0x20 && cp != '\t') || (cp >= 0x7f && cp < 0xa0))
			return err_set(err, ST_USAGE,
				       "it has a control character (\\x%02x); nothing of the line was done",
				       (unsigned)cp);
	}
	return ST_OK;
}

static enum status config_do_words(struct settings *settings, const char *line, enum config_pass pass, struct err *err)
{
	struct words words;
	enum status status = words_split(&words, line, err);
	const char *rest = !status && words.n > 1 ? line + words.word[1].from : "";
	bool alias = words.n > 0 && strcmp(words.word[0].text, "alias") == 0;
	if (alias != (pass == PASS_ALIASES))
		status = ST_OK;
	else if (!status && words.n > 0)
		status = config_do(settings, words.word[0].text, rest, err);
	words_free(&words);
	return status;
}

enum status config_line(struct settings *settings, const char *line, size_t n, enum config_pass pass, struct err *err)
{
	if (n > 0 && line[n - 1] == '\r')
		n--;
	if (config_check_bytes(line, n, err))
		return pass == PASS_ALIASES ? ST_OK : err->status;
	char *copy = mem_dup_n(line, n);
	enum status status = config_do_words(settings, copy, pass, err);
	free(copy);
	return status;
}

/* Faults are said until there are too many of them. */
static void config_keep_fault(struct config *config, unsigned number, const char *why)
{
	struct buf sentence = {0};
	bool full = config->nfaults == CONFIG_FAULTS_MAX;
	if (full)
		buf_fmt(&sentence, "%s has more faults than these", config->path);
	else
		buf_fmt(&sentence, "%s:%u: %s", config->path, number, why);
	conninfo_hide_said(sentence.p); /* a connection string in the place of another word */
	if (config->nfaults <= CONFIG_FAULTS_MAX)
		config_fault(config, full ? UINT_MAX : number, buf_text(&sentence));
	buf_free(&sentence);
}

static void config_lines(struct settings *settings, const char *text, size_t n, enum config_pass pass)
{
	const char *end = text + n;
	unsigned number = 0;
	for (const char *line = text + (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0); line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		struct err err = {0};
		number++;
		if (config_line(settings, line, (size_t)((stop ? stop : end) - line), pass, &err))
			config_keep_fault(&settings->config, number, err.text);
		line = stop ? stop + 1 : end;
	}
}

void config_take(struct settings *settings)
{
	const struct config *config = &settings->config;
	for (enum config_pass pass = PASS_ALIASES; pass <= PASS_OTHERS; pass++)
		config_lines(settings, buf_text(&config->text), config->text.len, pass);
}

enum status config_read(struct settings *settings, struct err *err)
{
	struct config *config = &settings->config;
	struct buf fault = {0};
	struct err why = {0};
	bool missing, named = config->path != NULL;
	if (!named)
		config->path = config_path();
	if (!config->path)
		return ST_OK;
	enum status status = config_load(config, &missing, &why);
	if (!status) {
		config_take(settings);
	} else if (named) {
		err_set(err, ST_OWN, "cannot read the configuration %.300s: %s", config->path, why.text);
	} else if (!missing) {
		buf_fmt(&fault, "%s was not read: %s", config->path, why.text);
		config_fault(config, 0, buf_text(&fault));
	}
	buf_free(&fault);
	return named ? status : ST_OK;
}

/* ---- saying ---- */

void config_tell(struct app *app)
{
	const struct config *config = &app->settings.config;
	size_t n = config->nfaults, more = n > 1 ? n - 1 : 0;
	for (size_t i = 0; i < n && app_prints(app); i++)
		app_say(app, ST_USAGE, "%s", config->faults[i].text);
	if (!n || app_prints(app))
		return;
	for (size_t i = 0; i < n; i++)
		ring_append(app->ring, &(struct event){.kind = EVENT_NOTICE, .message = config->faults[i].text});
	if (more)
		app_say(app, ST_USAGE, "%s (and %zu more, in the log)", config->faults[0].text, more);
	else
		app_say(app, ST_USAGE, "%s", config->faults[0].text);
}
