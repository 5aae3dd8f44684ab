/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lesson needs of a server: its words, and whether a server has it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "db/dialect.h"
#include "lesson_internal.h"

enum { VERSION_DIGITS_MAX = 3, NEWEST_MAJOR = 999 };

static const char superuser[] = "superuser";

/* ---- what servers do ---- */

static bool needs_has_serializable(const struct dialect *dialect)
{
	(void)dialect;
	return true;
}

static bool needs_has_levels(const struct dialect *dialect)
{
	return !dialect->only_serializable;
}

static bool needs_restarts(const struct dialect *dialect)
{
	return dialect->rollback_to_restarts;
}

static bool needs_release_commits(const struct dialect *dialect)
{
	return dialect->release_commits;
}

static bool needs_readers_wait(const struct dialect *dialect)
{
	return dialect->readers_wait;
}

static bool needs_waiters_go_on(const struct dialect *dialect)
{
	return dialect->waiters_go_on;
}

static bool needs_late_conflicts(const struct dialect *dialect)
{
	return dialect->conflicts_at_commit;
}

struct lesson_ability {
	const char *word;
	const char *what; /* as an object: "needs ..., which PostgreSQL does not have" */
	bool (*has)(const struct dialect *dialect);
	bool locks; /* from the version on that locks what is read */
};

static const struct lesson_ability abilities[] = {
	{"serializable", "SERIALIZABLE", needs_has_serializable, false},
	{"read-committed", "READ COMMITTED as a level of its own", needs_has_levels, false},
	{"repeatable-read", "REPEATABLE READ as a level of its own", needs_has_levels, false},
	{"for-update", "a FOR UPDATE that locks", needs_has_serializable, true},
	{"readers-wait", "readers that wait for writers", needs_readers_wait, false},
	{"waiters-go-on", "writers that go on where they have waited", needs_waiters_go_on, false},
	{"conflicts-at-commit", "conflicts that are found at COMMIT", needs_late_conflicts, false},
	{"rollback-to-restarts", "a ROLLBACK TO that begins the transaction anew", needs_restarts, false},
	{"release-commits", "a RELEASE that is the commit", needs_release_commits, false},
};

static bool needs_able(const struct lesson_ability *ability, const struct lesson_server *server)
{
	const struct dialect *dialect = dialect_of(server->kind);
	return ability->has(dialect) && !(ability->locks && server->major < dialect->locking_major);
}

/* ---- as they are written ---- */

static void needs_add_product(struct buf *out, const struct dialect *dialect)
{
	for (const char *c = dialect->short_product; *c; c++)
		buf_char(out, (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c));
}

/* "pg", or "pg>=15" */
bool needs_read_product(const char *word, struct lesson_need *need)
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

/* "release-commits", or "no-release-commits" */
static bool needs_read_ability(const char *word, struct lesson_need *need)
{
	static const char no[] = "no-";
	need->kind = LESSON_ABILITY;
	need->without = strncmp(word, no, sizeof no - 1) == 0;
	word += need->without ? sizeof no - 1 : 0;
	for (size_t i = 0; i < COUNT_OF(abilities); i++)
		if (strcmp(abilities[i].word, word) == 0)
			need->ability = &abilities[i];
	return need->ability != NULL;
}

bool needs_read(const char *word, struct lesson_need *need)
{
	if (needs_read_ability(word, need))
		return true;
	need->without = false;
	need->kind = LESSON_SUPERUSER;
	return strcmp(word, superuser) == 0 || needs_read_product(word, need);
}

void needs_say(struct buf *out)
{
	for (size_t i = 0; i < COUNT_OF(abilities); i++)
		buf_fmt(out, "%s, ", abilities[i].word);
	buf_fmt(out, "one of these with no- before it, %s, ", superuser);
	for (size_t i = 0; i < dialect_count(); i++) {
		needs_add_product(out, dialect_of((enum sql_server)i));
		buf_str(out, i + 1 < dialect_count() ? ", " : "");
	}
	buf_str(out, " or a product with a version, like pg>=15");
}

void lesson_product_show(struct buf *out, enum sql_server product)
{
	needs_add_product(out, dialect_of(product));
}

void lesson_need_show(struct buf *out, const struct lesson_need *need)
{
	if (need->kind == LESSON_ABILITY)
		buf_fmt(out, "%s%s", need->without ? "no-" : "", need->ability->word);
	if (need->kind == LESSON_SUPERUSER)
		buf_str(out, superuser);
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

static enum status needs_judge_ability(const struct lesson_need *need, const struct lesson_server *server,
				       struct err *why)
{
	const char *what = need->ability->what, *product = dialect_of(server->kind)->product;
	bool able = needs_able(need->ability, server);
	if (able == !need->without)
		return ST_OK;
	if (able)
		return err_set(why, ST_REJECTED, "needs a server without %s, and this one is %s", what, product);
	return err_set(why, ST_REJECTED, "needs %s, and this server is %s", what, product);
}

static enum status needs_judge(const struct lesson_need *need, const struct lesson_server *server, struct err *why)
{
	switch (need->kind) {
	case LESSON_ABILITY:
		return needs_judge_ability(need, server, why);
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
	if (!lesson->second.wanted || server->second)
		return true;
	err_set(why, ST_USAGE, "needs a second server: name one with --second URL");
	return false;
}

/* ---- how it is known ---- */

bool needs_fits(const struct lesson *lesson, long permutation, enum sql_server product, struct err *why)
{
	static const struct conninfo somewhere;
	struct lesson_server newest = {.kind = product, .major = NEWEST_MAJOR, .superuser = true, .second = &somewhere};
	return lesson_runs(lesson, permutation, &newest, why);
}

/* What stands behind a permutation wins over what holds for all. */
enum lesson_proof_kind lesson_proof_of(const struct lesson *lesson, long permutation, enum sql_server product)
{
	enum lesson_proof_kind kind = LESSON_UNPROVED;
	struct err why;
	if (!needs_fits(lesson, permutation, product, &why))
		return LESSON_UNPROVED;
	for (size_t i = 0; i < lesson->nproofs; i++) {
		const struct lesson_proof *proof = &lesson->proofs[i];
		if (proof->product != product)
			continue;
		if (proof->scope.permutation == permutation)
			return proof->kind;
		if (proof->scope.permutation < 0)
			kind = proof->kind;
	}
	return kind;
}

struct lesson_proved lesson_proved_on(const struct lesson *lesson, enum sql_server product)
{
	struct lesson_proved proved = {0};
	struct err why;
	for (size_t i = 0; i < lesson->spec->npermutations; i++) {
		enum lesson_proof_kind kind = lesson_proof_of(lesson, (long)i, product);
		proved.orders += needs_fits(lesson, (long)i, product, &why);
		proved.verified += kind == LESSON_VERIFIED;
		proved.documented += kind == LESSON_DOCUMENTED;
	}
	return proved;
}
