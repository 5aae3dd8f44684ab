/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keymap: the command line that each key runs, by context; data in the command language. */
#ifndef APP_KEYMAP_H
#define APP_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * One binding a line:
 *
 *     context key[,key...] command words... ; [hint] note for people
 *
 * "digit" as a key is 0 to 9, and % in the command is the key that was pressed. The hint, a word or two, is shown in
 * the key line; a binding without one is not shown, and one that ends with ! is at the right and is never left out.
 * The context away is every place that was opened from the accounts; it comes after the pane's own, before global.
 * A line that begins with # is a comment. Of two bindings of the same key in the same context the later one holds.
 */
struct binding {
	const char *context;
	const char *keys; /* as written: "Up,k" */
	const char *command;
	const char *hint; /* "" where there is none */
	const char *note; /* "" where there is none */
};

struct keymap;
struct keymap *keymap_new(void);
void keymap_free(struct keymap *keymap);

/* Adds the bindings of a text; on an error the sentence names the line, and the lines before it stay. */
MUST_CHECK enum status keymap_parse(struct keymap *keymap, const char *text, struct err *err);

enum { KEYMAP_MAX = 1000 }; /* bindings */

/*
 * Each of the keys ("Up,k") means that command there from now on, and no longer what it meant; the command may have a
 * " ; [hint] note" behind it. ST_USAGE changes nothing: no such context or key; a key of the context review, which
 * answers questions; ^C, which stops what runs; too many.
 */
MUST_CHECK enum status keymap_bind(struct keymap *keymap, const char *context, const char *keys, const char *command,
				   struct err *err);
MUST_CHECK enum status keymap_unbind(struct keymap *keymap, const char *context, const char *keys, struct err *err);
bool keymap_is_context(const char *name);
unsigned keymap_changes(const struct keymap *keymap); /* how often it was changed: what was borrowed is no more */

/* Borrowed until the next change; NULL where the key means nothing there. */
const struct binding *keymap_find(const struct keymap *keymap, const char *context, const char *key);
const struct binding *keymap_all(const struct keymap *keymap, size_t *n);

/* The command line, with the key in the place of %. */
void keymap_command(struct buf *out, const struct binding *binding, const char *key);

/* The keys as people read them: "Up k". */
void keymap_keys(struct buf *out, const struct binding *binding);

#endif
