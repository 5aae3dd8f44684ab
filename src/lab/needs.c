/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lesson needs of a server: its words, and whether a server has it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "db/dialect.h"
#include "lesson_internal.h"

enum { VERSION_DIGITS_MAX = 3 };

static const struct {
	const char *word;
	enum lesson_need_kind kind;
} needs_words[] = {{"serializable", LESSON_SERIALIZABLE}, {"superuser", LESSON_SUPERUSER}};

/* ---- as they are written ---- */

static void needs_add_product(struct buf *out, const struct dialect *dialect)
{
	for (const char *c = dialect->short_product; *c; c++)
		buf_char(out, (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c));
}

/* "pg", or "pg>=15" */
static bool needs_read_product(const char *word, struct lesson_need *need)
{
	size_t n = strcspn(word, ">");
	const char *version = word[n] ? word + n : NULL;
	need->kind = LESSON_PRODUCT;
	for (size_t i = 0; i < dialect_count(); i++) {
		struct buf name = {0};
		need->product = (enum sql_server)i;
		needs_add_product(&name, dialect_of(need->product));
		bool same = name.len == n && memcmp(name.p, word, n) == 0;
		buf_free(&name);
		if (!same)
			continue;
		if (!version)
			return true;
		if (strncmp(version, ">=", 2) != 0 || strlen(version + 2) > VERSION_DIGITS_MAX ||
		    !text_is_integer(version + 2))
			return false;
		need->major = atoi(version + 2);
		return need->major >= 0;
	}
	return false;
}

bool needs_read(const char *word, struct lesson_need *need)
{
	for (size_t i = 0; i < COUNT_OF(needs_words); i++) {
		need->kind = needs_words[i].kind;
		if (strcmp(needs_words[i].word, word) == 0)
			return true;
	}
	return needs_read_product(word, need);
}

void needs_say(struct buf *out)
{
	for (size_t i = 0; i < COUNT_OF(needs_words); i++)
		buf_fmt(out, "%s, ", needs_words[i].word);
	for (size_t i = 0; i < dialect_count(); i++) {
		needs_add_product(out, dialect_of((enum sql_server)i));
		buf_str(out, i + 1 < dialect_count() ? ", " : "");
	}
	buf_str(out, " or a product with a version, like pg>=15");
}

void lesson_need_show(struct buf *out, const struct lesson_need *need)
{
	for (size_t i = 0; i < COUNT_OF(needs_words); i++)
		if (needs_words[i].kind == need->kind)
			buf_str(out, needs_words[i].word);
	if (need->kind == LESSON_PRODUCT)
		needs_add_product(out, dialect_of(need->product));
	if (need->major)
		buf_fmt(out, ">=%d", need->major);
}

/* ---- whether a server has them ---- */

bool lesson_server_of(const struct db *db, struct lesson_server *server)
{
	enum db_state state = db_state(db);
	const struct db_facts *facts = db_facts(db);
	if (state != DB_IDLE && state != DB_BUSY)
		return false;
	*server = (struct lesson_server){
		.kind = db_server(db), .major = atoi(facts->version), .superuser = facts->superuser};
	return true;
}

static enum status needs_judge_product(const struct lesson_need *need, const struct lesson_server *server,
				       struct err *why)
{
	const char *wanted = dialect_of(need->product)->product, *product = dialect_of(server->kind)->product;
	if (server->kind != need->product)
		return err_set(why, ST_REJECTED, "needs %s, and this server is %s", wanted, product);
	if (server->major < need->major)
		return err_set(why, ST_REJECTED, "needs %s %d or newer, and this server is %s %d", wanted, need->major,
			       product, server->major);
	return ST_OK;
}

static enum status needs_judge(const struct lesson_need *need, const struct lesson_server *server, struct err *why)
{
	switch (need->kind) {
	case LESSON_SERIALIZABLE: /* every product has it */
		return ST_OK;
	case LESSON_PRODUCT:
		return needs_judge_product(need, server, why);
	case LESSON_SUPERUSER:
		if (server->superuser)
			return ST_OK;
		return err_set(why, ST_REJECTED, "needs a superuser, which this role is not");
	}
	return ST_OK;
}

bool lesson_runs(const struct lesson *lesson, long permutation, const struct lesson_server *server, struct err *why)
{
	for (size_t i = 0; i < lesson->nneeds; i++) {
		long of = lesson->needs[i].scope.permutation;
		if ((of < 0 || of == permutation) && needs_judge(&lesson->needs[i], server, why))
			return false;
	}
	return true;
}
