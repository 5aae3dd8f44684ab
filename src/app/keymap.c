/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keymap: the command line that each key runs, by context; data in the command language. */
#include "app/keymap.h"

#include <stdlib.h>
#include <string.h>

#include "app/keyname.h"
#include "base/mem.h"

struct keymap {
	struct binding *bindings;
	size_t n;
	char **texts; /* own the strings of the bindings */
	size_t ntexts;
	unsigned changes;
};

static const char *const contexts[] = {"global",  "accounts", "transfer", "ledger", "sessions", "load",
				       "lessons", "lab",      "log",      "review", "help",     "full",
				       "away",    "cluster",  "play",     "themes"};

struct keymap *keymap_new(void)
{
	return NEW(struct keymap);
}

void keymap_free(struct keymap *keymap)
{
	if (!keymap)
		return;
	for (size_t i = 0; i < keymap->ntexts; i++)
		free(keymap->texts[i]);
	free(keymap->texts);
	free(keymap->bindings);
	free(keymap);
}

static char *skip_blanks(char *s)
{
	return s + strspn(s, " \t");
}

static void trim(char *s)
{
	size_t n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = '\0';
}

/* Ends the word at *s and moves *s to the next one. */
static char *word(char **s)
{
	char *start = skip_blanks(*s);
	char *end = start + strcspn(start, " \t");
	*s = *end ? end + 1 : end;
	*end = '\0';
	return start;
}

/* Cuts "command ; [hint] note" into its parts. */
static void parts(struct binding *binding, char *rest)
{
	binding->hint = binding->note = "";
	char *note = strstr(rest, " ;");
	if (note) {
		*note = '\0';
		note = skip_blanks(note + 2);
		trim(note);
		char *close = note[0] == '[' ? strchr(note, ']') : NULL;
		if (close) {
			*close = '\0';
			binding->hint = note + 1;
			note = skip_blanks(close + 1);
		}
		binding->note = note;
	}
	trim(rest);
	binding->command = skip_blanks(rest);
}

static bool context_known(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(contexts); i++)
		if (strcmp(name, contexts[i]) == 0)
			return true;
	return false;
}

/* The first key of the list that is none, owned; NULL where all are. */
static char *unknown_key(const char *keys)
{
	while (*keys) {
		size_t n = strcspn(keys, ",");
		char *name = mem_dup_n(keys, n);
		if (strcmp(name, "digit") != 0 && !keyname_known(name))
			return name;
		free(name);
		keys += n + (keys[n] == ',');
	}
	return NULL;
}

static void keymap_keep(struct keymap *keymap, char *text)
{
	keymap->texts = mem_resize(keymap->texts, keymap->ntexts + 1, sizeof *keymap->texts);
	keymap->texts[keymap->ntexts++] = text;
}

static enum status keymap_check(const struct binding *binding, struct err *err)
{
	if (!context_known(binding->context))
		return err_set(err, ST_USAGE,
			       "unknown context '%.40s'; use global, accounts, transfer, ledger, sessions, load, "
			       "lessons, lab, log, review, help, full, themes, away or cluster",
			       binding->context);
	char *wrong = unknown_key(binding->keys);
	if (wrong) {
		err_set(err, ST_USAGE, "no key is called '%.40s'; use names such as j, Space, ^C, F1, PgDn or S-Tab",
			wrong);
		free(wrong);
		return ST_USAGE;
	}
	if (!binding->keys[0] || !binding->command[0])
		return err_set(err, ST_USAGE, "a binding needs a context, a key and a command");
	return ST_OK;
}

static void keymap_add(struct keymap *keymap, const struct binding *binding)
{
	keymap->bindings = mem_resize(keymap->bindings, keymap->n + 1, sizeof *keymap->bindings);
	keymap->bindings[keymap->n++] = *binding;
	keymap->changes++;
}

static enum status parse_line(struct keymap *keymap, char *line, unsigned number, struct err *err)
{
	line = skip_blanks(line);
	if (line[0] == '\0' || line[0] == '#')
		return ST_OK;
	struct binding binding = {.context = word(&line)};
	struct err why = {0};
	binding.keys = word(&line);
	parts(&binding, line);
	if (keymap_check(&binding, &why))
		return err_set(err, why.status, "keymap line %u: %s", number, why.text);
	keymap_add(keymap, &binding);
	return ST_OK;
}

enum status keymap_parse(struct keymap *keymap, const char *text, struct err *err)
{
	char *copy = mem_dup(text);
	keymap_keep(keymap, copy);
	enum status status = ST_OK;
	unsigned number = 0;
	for (char *line = copy; line && status == ST_OK;) {
		char *end = strchr(line, '\n');
		if (end)
			*end = '\0';
		status = parse_line(keymap, line, ++number, err);
		line = end ? end + 1 : NULL;
	}
	return status;
}

static bool has_key(const struct binding *binding, const char *key)
{
	size_t length = strlen(key);
	for (const char *p = binding->keys; *p;) {
		size_t n = strcspn(p, ",");
		if (n == length && memcmp(p, key, n) == 0)
			return true;
		if (n == 5 && memcmp(p, "digit", 5) == 0 && length == 1 && key[0] >= '0' && key[0] <= '9')
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}

/* ---- what is bound anew ---- */

/* The list of keys without that one, kept by the keymap. */
static const char *keymap_without(struct keymap *keymap, const char *keys, const char *key)
{
	struct buf left = {0};
	for (size_t n; *keys; keys += n + (keys[n] == ',')) {
		n = strcspn(keys, ",");
		if (strlen(key) == n && memcmp(keys, key, n) == 0)
			continue;
		buf_fmt(&left, "%s%.*s", left.len ? "," : "", (int)n, keys);
	}
	keymap_keep(keymap, buf_take(&left));
	return keymap->texts[keymap->ntexts - 1];
}

static bool keymap_names(const char *keys, const char *key)
{
	for (size_t n; *keys; keys += n + (keys[n] == ',')) {
		n = strcspn(keys, ",");
		if (strlen(key) == n && memcmp(keys, key, n) == 0)
			return true;
	}
	return false;
}

/* What bound that key there does so no longer; false where nothing did. */
static bool keymap_take_away(struct keymap *keymap, const char *context, const char *key)
{
	bool taken = false;
	for (size_t i = keymap->n; i-- > 0;) {
		struct binding *binding = &keymap->bindings[i];
		if (strcmp(binding->context, context) != 0 || !keymap_names(binding->keys, key))
			continue;
		taken = true;
		keymap->changes++;
		binding->keys = keymap_without(keymap, binding->keys, key);
		if (binding->keys[0])
			continue;
		memmove(binding, binding + 1, (keymap->n - i - 1) * sizeof *binding);
		keymap->n--;
	}
	return taken;
}

/* Nothing but y moves money, and ^C stops what runs, whatever else is changed. */
static enum status keymap_may(const char *context, const char *keys, struct err *err)
{
	if (strcmp(context, "review") == 0)
		return err_set(err, ST_USAGE, "the keys that answer a question stay as they are: y, and n, q or Esc");
	if (keymap_names(keys, "^C"))
		return err_set(err, ST_USAGE, "^C stops what runs, and stays as it is");
	return ST_OK;
}

/* Each of the keys by itself; false where none was bound. */
static bool keymap_take_all(struct keymap *keymap, const char *context, const char *keys)
{
	bool any = false;
	for (size_t n; *keys; keys += n + (keys[n] == ',')) {
		n = strcspn(keys, ",");
		char *key = mem_dup_n(keys, n);
		any |= keymap_take_away(keymap, context, key);
		free(key);
	}
	return any;
}

enum status keymap_bind(struct keymap *keymap, const char *context, const char *keys, const char *command,
			struct err *err)
{
	char *texts[] = {mem_dup(context), mem_dup(keys), mem_dup(command)};
	struct binding binding = {.context = texts[0], .keys = texts[1]};
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		keymap_keep(keymap, texts[i]);
	parts(&binding, texts[2]);
	if (keymap_check(&binding, err) || keymap_may(context, keys, err))
		return err->status;
	if (keymap->n >= KEYMAP_MAX)
		return err_set(err, ST_USAGE, "there are %zu bindings already; unbind some first", keymap->n);
	keymap_take_all(keymap, context, keys);
	keymap_add(keymap, &binding);
	return ST_OK;
}

enum status keymap_unbind(struct keymap *keymap, const char *context, const char *keys, struct err *err)
{
	struct binding binding = {.context = context, .keys = keys, .command = "none"};
	if (keymap_check(&binding, err) || keymap_may(context, keys, err))
		return err->status;
	if (!keymap_take_all(keymap, context, keys))
		return err_set(err, ST_USAGE, "%.80s is bound to nothing in %s; ? shows the keys", keys, context);
	return ST_OK;
}

bool keymap_is_context(const char *name)
{
	return context_known(name);
}

unsigned keymap_changes(const struct keymap *keymap)
{
	return keymap->changes;
}

/* ---- what is bound ---- */

const struct binding *keymap_find(const struct keymap *keymap, const char *context, const char *key)
{
	for (size_t i = keymap->n; i-- > 0;)
		if (strcmp(keymap->bindings[i].context, context) == 0 && has_key(&keymap->bindings[i], key))
			return &keymap->bindings[i];
	return NULL;
}

const struct binding *keymap_all(const struct keymap *keymap, size_t *n)
{
	*n = keymap->n;
	return keymap->bindings;
}

void keymap_command(struct buf *out, const struct binding *binding, const char *key)
{
	for (const char *p = binding->command; *p; p++) {
		if (*p == '%')
			buf_str(out, key);
		else
			buf_char(out, *p);
	}
}

void keymap_keys(struct buf *out, const struct binding *binding)
{
	for (const char *p = binding->keys; *p;) {
		size_t n = strcspn(p, ",");
		if (p != binding->keys)
			buf_char(out, ' ');
		if (n == 5 && memcmp(p, "digit", 5) == 0)
			buf_str(out, "0-9");
		else if (n == 5 && memcmp(p, "Comma", 5) == 0)
			buf_char(out, ',');
		else
			buf_add(out, p, n);
		p += n + (p[n] == ',');
	}
}
