/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the configuration file: what differs from the defaults, each line where it stood, and comments as they are. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/config.h"
#include "cli/run.h"
#include "cli/setting.h"
#include "cli/settings.h"
#include "cli/words.h"
#include "config_internal.h"

/* A line to be written, and what it is about: of two lines about the same only one is written. */
struct save_line {
	char *text, *subject;
	bool written;
};

struct save {
	struct save_line *lines;
	size_t n;
	struct buf out;
};

/* ---- lines as words ---- */

/* "set wire", "theme", "key log x": NULL for what is no command of the configuration. Owned. */
static char *save_subject(const struct words *words)
{
	const char *name = words->n > 0 ? words->word[0].text : "", *first = words->n > 1 ? words->word[1].text : "";
	struct buf subject = {0};
	if (strcmp(name, "bind") == 0 || strcmp(name, "unbind") == 0) {
		bool pane = words->n > 2 && keymap_is_context(first);
		buf_fmt(&subject, "key %s %s", pane ? first : "global", pane ? words->word[2].text : first);
	} else if (strcmp(name, "set") == 0) {
		buf_fmt(&subject, "set %.*s", (int)strcspn(first, "="), first);
	} else {
		bool other = strcmp(name, "color") == 0 || strcmp(name, "unalias") == 0;
		const char *known = !other ? name : name[0] == 'c' ? "colour" : "alias";
		buf_fmt(&subject, "%s %s", known, strcmp(name, "theme") == 0 ? "" : first);
	}
	return buf_take(&subject);
}

/* Two lines with the same words say the same. Owned. */
static char *save_words(const struct words *words)
{
	struct buf text = {0};
	for (size_t i = 0; i < words->n; i++) {
		bool usual = i == 1 && strcmp(words->word[i].text, "global") == 0;
		const char *equals =
			i == 1 && strcmp(words->word[0].text, "set") == 0 ? strchr(words->word[i].text, '=') : NULL;
		if (equals)
			buf_fmt(&text, "%.*s %s ", (int)(equals - words->word[i].text), words->word[i].text,
				equals + 1);
		else if (!usual)
			buf_fmt(&text, "%s ", words->word[i].text);
	}
	return buf_take(&text);
}

static bool save_same(const struct words *words, const char *line)
{
	struct words others;
	struct err err = {0};
	enum status status = words_split(&others, line, &err);
	char *a = save_words(words), *b = save_words(&others);
	bool same = !status && strcmp(a, b) == 0;
	words_free(&others);
	free(a);
	free(b);
	return same;
}

/* ---- what is to be written ---- */

static bool save_has(const struct save *save, const char *subject)
{
	for (size_t i = 0; i < save->n; i++)
		if (strcmp(save->lines[i].subject, subject) == 0)
			return true;
	return false;
}

static void save_add(struct save *save, struct buf *text)
{
	struct words words;
	struct err err = {0};
	char *subject = words_split(&words, buf_text(text), &err) ? NULL : save_subject(&words);
	if (subject && !save_has(save, subject)) {
		save->lines = mem_resize(save->lines, save->n + 1, sizeof *save->lines);
		save->lines[save->n++] = (struct save_line){mem_dup(buf_text(text)), subject, false};
		subject = NULL;
	}
	free(subject);
	words_free(&words);
	buf_free(text);
}

static void save_add_settings(struct save *save, const struct settings *now, const struct settings *usual)
{
	size_t n;
	const struct setting *all = setting_table(&n);
	for (size_t i = 0; i < n; i++) {
		struct buf value = {0}, other = {0}, line = {0};
		all[i].show(&value, now);
		all[i].show(&other, usual);
		buf_fmt(&line, "set %s ", all[i].name);
		run_quote(&line, buf_text(&value));
		if (strcmp(buf_text(&value), buf_text(&other)) != 0)
			save_add(save, &line);
		buf_free(&line);
		buf_free(&value);
		buf_free(&other);
	}
}

static void save_add_looks(struct save *save, const struct looks *looks)
{
	struct buf line = {0};
	if (looks->theme != THEME_TERMINAL) {
		buf_fmt(&line, "theme %s", theme_word(looks->theme));
		save_add(save, &line);
	}
	for (enum style style = 0; style < STYLE_COUNT; style++) {
		if (!looks->changed[style])
			continue;
		buf_fmt(&line, "colour %s ", style_word(style));
		colour_show(&line, looks->own[style].fg);
		buf_char(&line, ' ');
		colour_show(&line, looks->own[style].bg);
		buf_char(&line, ' ');
		colour_attributes_show(&line, looks->own[style].attributes);
		save_add(save, &line);
	}
}

static void save_add_names(struct save *save, const char *command, const struct named_list *list, bool quoted)
{
	for (size_t i = 0; i < list->n; i++) {
		struct buf line = {0};
		buf_fmt(&line, "%s %s ", command, list->all[i].name);
		if (quoted)
			run_quote(&line, list->all[i].text);
		else
			buf_str(&line, list->all[i].text);
		save_add(save, &line);
	}
}

/* "bind log ", "unbind ": the pane is left out where it is everywhere. */
static void save_key(struct buf *line, const char *command, const char *context, const char *key)
{
	buf_fmt(line, "%s ", command);
	if (strcmp(context, "global") != 0)
		buf_fmt(line, "%s ", context);
	run_quote(line, key);
}

static bool save_same_binding(const struct binding *a, const struct binding *b)
{
	return a && b && strcmp(a->command, b->command) == 0 && strcmp(a->hint, b->hint) == 0 &&
	       strcmp(a->note, b->note) == 0;
}

/* One key of a binding there is, or was; in `other` it may be bound to something else, or nothing. */
static void save_add_key(struct save *save, const struct binding *binding, const char *key, const struct keymap *other,
			 bool is_bound)
{
	const struct binding *there = keymap_find(other, binding->context, key);
	struct buf line = {0};
	if (is_bound ? save_same_binding(binding, there) : there != NULL)
		return;
	save_key(&line, is_bound ? "bind" : "unbind", binding->context, key);
	if (is_bound)
		buf_fmt(&line, " %s", binding->command);
	if (is_bound && (binding->hint[0] || binding->note[0]))
		buf_str(&line, " ;");
	if (is_bound && binding->hint[0])
		buf_fmt(&line, " [%s]", binding->hint);
	if (is_bound && binding->note[0])
		buf_fmt(&line, " %s", binding->note);
	save_add(save, &line);
}

static void save_add_keys(struct save *save, const struct keymap *keymap, const struct keymap *other, bool is_bound)
{
	size_t n;
	const struct binding *all = keymap_all(keymap, &n);
	for (size_t i = 0; i < n; i++) {
		size_t length;
		for (const char *keys = all[i].keys; *keys; keys += length + (keys[length] == ',')) {
			length = strcspn(keys, ",");
			char *key = mem_dup_n(keys, length);
			save_add_key(save, &all[i], key, other, is_bound);
			free(key);
		}
	}
}

static void save_collect(struct save *save, const struct settings *now)
{
	struct settings usual = {0};
	const struct config *config = &now->config;
	settings_default(&usual);
	save_add_settings(save, now, &usual);
	save_add_looks(save, &config->looks);
	save_add_names(save, "alias", &config->aliases, false);
	save_add_keys(save, usual.config.keymap, config->keymap, false);
	save_add_keys(save, config->keymap, usual.config.keymap, true);
	save_add_names(save, "server", &config->servers, true);
	settings_free(&usual);
}

/* ---- the file that is there ---- */

static struct save_line *save_find(struct save *save, const struct words *words)
{
	char *subject = save_subject(words);
	struct save_line *found = NULL;
	for (size_t i = 0; i < save->n && !found; i++)
		found = strcmp(save->lines[i].subject, subject) == 0 && !save->lines[i].written ? &save->lines[i]
												: NULL;
	free(subject);
	return found;
}

/* A comment stays; a line that says what is so stays as it is written; one that is about the same is replaced. */
static void save_old_line(struct save *save, const char *text)
{
	struct words words;
	struct err err = {0};
	enum status status = words_split(&words, text, &err);
	struct save_line *line = !status && words.n > 0 ? save_find(save, &words) : NULL;
	if (words.n == 0 || (line && save_same(&words, line->text)))
		buf_fmt(&save->out, "%s\n", text);
	else if (line)
		buf_fmt(&save->out, "%s\n", line->text);
	if (line)
		line->written = true;
	words_free(&words);
}

/* What teller did not understand is not its to take away. */
static void save_old_bytes(struct save *save, struct settings *scratch, const char *line, size_t n)
{
	struct err err = {0};
	char *text = mem_dup_n(line, n);
	if (config_line(scratch, line, n, PASS_ALIASES, &err) || config_line(scratch, line, n, PASS_OTHERS, &err)) {
		buf_add(&save->out, line, n);
		buf_char(&save->out, '\n');
	} else {
		save_old_line(save, text);
	}
	free(text);
}

/* The file once more, in settings that are thrown away: to know which lines are understood. */
static void save_old(struct save *save, const struct config *config)
{
	struct settings scratch = {0};
	struct err err = {0};
	const char *end = buf_text(&config->text) + config->text.len;
	settings_default(&scratch);
	scratch.config.shared = config->shared;
	for (enum config_pass pass = PASS_ALIASES; pass <= PASS_OTHERS; pass++) {
		for (const char *line = buf_text(&config->text), *stop; line < end; line = stop + 1) {
			stop = memchr(line, '\n', (size_t)(end - line));
			stop = stop ? stop : end;
			if (pass == PASS_OTHERS)
				save_old_bytes(save, &scratch, line, (size_t)(stop - line));
			else
				(void)!config_line(&scratch, line, (size_t)(stop - line), pass, &err);
		}
	}
	settings_free(&scratch);
}

static void save_free(struct save *save)
{
	for (size_t i = 0; i < save->n; i++) {
		free(save->lines[i].text);
		free(save->lines[i].subject);
	}
	free(save->lines);
	buf_free(&save->out);
}

/* ---- writing ---- */

/* Every directory on the way, for this user alone. */
static void save_make_dirs(const char *path)
{
	char *copy = mem_dup(path);
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)!mkdir(copy, 0700); /* what is missing then is told where the file is made */
		*slash = '/';
	}
	free(copy);
}

static bool save_write_all(int fd, const struct buf *text)
{
	size_t at = 0;
	while (at < text->len) {
		ssize_t n = write(fd, text->p + at, text->len - at);
		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

/* By rename: whatever happens, the file is the old one or the new one. Where a link leads elsewhere, it stays. */
static enum status save_write(const char *path, const struct buf *text, struct err *err)
{
	char *real = realpath(path, NULL), *temporary = NULL;
	struct stat st;
	struct buf name = {0};
	buf_fmt(&name, "%s.XXXXXX", real ? real : path);
	temporary = buf_take(&name);
	if (!real)
		save_make_dirs(path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	bool done = fd >= 0 && (!real || (stat(real, &st) == 0 && fchmod(fd, st.st_mode & 0777) == 0)) &&
		    save_write_all(fd, text) && rename(temporary, real ? real : path) == 0;
	if (!done)
		err_set(err, ST_OWN, "cannot write %.300s: %s", path, strerror(errno));
	if (fd >= 0 && !done)
		unlink(temporary);
	if (fd >= 0)
		close(fd);
	free(temporary);
	free(real);
	return err->status;
}

/* ---- in and out ---- */

void config_write(struct buf *out, const struct settings *settings, size_t *lines)
{
	struct save save = {0};
	save_collect(&save, settings);
	save_old(&save, &settings->config);
	for (size_t i = 0; i < save.n; i++)
		if (!save.lines[i].written)
			buf_fmt(&save.out, "%s\n", save.lines[i].text);
	*lines = save.n;
	buf_add(out, buf_text(&save.out), save.out.len);
	save_free(&save);
}

enum status config_save_check(const struct config *config, bool *replaces, struct err *err)
{
	struct config now = {.path = config->path};
	struct err why = {0};
	bool missing = false;
	*replaces = false;
	if (config->none || !config->path)
		return err_set(err, ST_USAGE, "there is no configuration file to save to: %s",
			       config->none ? "teller was started with --no-config" : "HOME is not set");
	enum status status = config_load(&now, &missing, &why);
	*replaces = !status;
	if (status && !missing)
		err_set(err, ST_OWN, "%.300s is not replaced: %s", config->path, why.text);
	else if (!status && (!config->read || now.text.len != config->text.len ||
			     memcmp(buf_text(&now.text), buf_text(&config->text), now.text.len) != 0))
		err_set(err, ST_OWN, "%.300s has changed since teller was started; start it again, and save then",
			config->path);
	buf_free(&now.text);
	return err->status;
}

enum status config_save(struct settings *settings, size_t *lines, struct err *err)
{
	struct config *config = &settings->config;
	struct buf text = {0};
	bool replaces;
	if (config_save_check(config, &replaces, err))
		return err->status;
	config_write(&text, settings, lines);
	if (!save_write(config->path, &text, err)) {
		buf_free(&config->text);
		config->text = text;
		config->read = true;
		return ST_OK;
	}
	buf_free(&text);
	return err->status;
}
