/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab list, show, check and new: lessons as texts, without a server. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/learned.h"
#include "base/asset.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/show.h"
#include "lab/values.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

static const char *lab_texts_text_of(const struct lesson *lesson, enum lesson_text_kind kind, long permutation,
				     long step)
{
	const char *text = lesson_text(lesson, kind, permutation, step);
	return text ? text : "";
}

void lessons_needs(struct buf *out, const struct lesson *lesson, long permutation)
{
	for (size_t i = 0; i < lesson->nneeds; i++) {
		const struct lesson_need *need = &lesson->needs[i];
		if (need->scope.permutation != permutation)
			continue;
		buf_str(out, out->len ? ", " : "");
		lesson_need_show(out, need);
	}
}

/* ---- how it is known ---- */

/* The products that an order (-1: any of them) is proved so for: "pg", or "pg 3, crdb 1" orders. */
static void lab_texts_add_proofs(struct buf *out, const struct lesson *lesson, long permutation,
				 enum lesson_proof_kind kind)
{
	for (size_t i = 0; i < dialect_count(); i++) {
		enum sql_server product = (enum sql_server)i;
		struct lesson_proved proved = lesson_proved_on(lesson, product);
		size_t n = kind == LESSON_VERIFIED ? proved.verified : proved.documented;
		if (permutation >= 0)
			n = lesson_proof_of(lesson, permutation, product) == kind;
		if (!n)
			continue;
		buf_str(out, out->len ? ", " : "");
		lesson_product_show(out, product);
		if (permutation < 0)
			buf_fmt(out, " %zu", n);
	}
}

/* Where not all is verified: "crdb: 1 verified, 1 documented", "crdb: no order". */
static void lab_texts_add_doubts(struct buf *out, const struct lesson *lesson)
{
	for (size_t i = 0; i < dialect_count(); i++) {
		struct lesson_proved proved = lesson_proved_on(lesson, (enum sql_server)i);
		if (proved.orders && proved.verified == proved.orders)
			continue;
		buf_str(out, out->len ? "; " : "");
		lesson_product_show(out, (enum sql_server)i);
		if (!proved.orders)
			buf_str(out, ": no order");
		else
			buf_fmt(out, ": %zu verified, %zu documented", proved.verified, proved.documented);
	}
}

/* ---- list ---- */

enum { LIST_COLUMNS = 7 };

static void lab_texts_write_list(struct output *output, const struct asset_lesson *assets)
{
	for (const struct asset_lesson *asset = assets; asset->name; asset++) {
		struct err err;
		struct lesson *lesson = lesson_open(asset->name, &err);
		struct buf needs = {0}, verified = {0}, documented = {0};
		char orders[24];
		if (!lesson) /* cannot be: the tests read them all */
			continue;
		lessons_needs(&needs, lesson, -1);
		snprintf(orders, sizeof orders, "%zu", lesson->spec->npermutations);
		lab_texts_add_proofs(&verified, lesson, -1, LESSON_VERIFIED);
		lab_texts_add_proofs(&documented, lesson, -1, LESSON_DOCUMENTED);
		const char *cells[LIST_COLUMNS] = {asset->name,
						   lab_texts_text_of(lesson, LESSON_TITLE, -1, -1),
						   buf_text(&needs),
						   orders,
						   lab_texts_text_of(lesson, LESSON_TEACHES, -1, -1),
						   buf_text(&verified),
						   buf_text(&documented)};
		output_rows(output, cells, 1);
		buf_free(&verified);
		buf_free(&documented);
		buf_free(&needs);
		lesson_free(lesson);
	}
}

/* How far the user has come: " (played 1 of 2, 3 of 4 right)" */
static void lab_texts_add_learned(struct buf *out, const struct learned *learned, const struct lesson *lesson,
				  const char *name)
{
	struct learned_sum sum = learned_of(learned, name, lesson->spec->npermutations);
	if (!sum.orders)
		return;
	buf_fmt(out, " (played %u of %zu", sum.orders, lesson->spec->npermutations);
	if (sum.asked)
		buf_fmt(out, ", %u of %u right", sum.right, sum.asked);
	buf_char(out, ')');
}

static void lab_texts_add_list(struct buf *out, struct app *app, const struct asset_lesson *assets)
{
	for (const struct asset_lesson *asset = assets; asset->name; asset++) {
		struct err err;
		struct lesson *lesson = lesson_open(asset->name, &err);
		struct buf needs = {0};
		if (!lesson)
			continue;
		lessons_needs(&needs, lesson, -1);
		if (!lesson->exercise)
			lab_texts_add_doubts(&needs, lesson);
		buf_fmt(out, "%-24s %s%s%s%s", asset->name, lab_texts_text_of(lesson, LESSON_TITLE, -1, -1),
			needs.len ? " (" : "", buf_text(&needs), needs.len ? ")" : "");
		lab_texts_add_learned(out, app_learned(app), lesson, asset->name);
		buf_char(out, '\n');
		buf_free(&needs);
		lesson_free(lesson);
	}
}

static void show_list(struct app *app)
{
	struct buf out = {0};
	lab_texts_add_list(&out, app, asset_lessons);
	lab_texts_add_list(&out, app, asset_exercises);
	app_show(app, "Lessons", &out);
}

void lessons_list(struct run *run)
{
	static const char *const names[LIST_COLUMNS] = {"lesson",  "title",    "needs",     "orders",
							"teaches", "verified", "documented"};
	static const bool right[LIST_COLUMNS] = {[3] = true};
	struct err err = {0};
	enum output_format format;
	enum status status = run_format(run, &format, &err);
	if (!status && record_wanted(run)) {
		struct output *output = output_new(stdout, format, LIST_COLUMNS, names, right);
		lab_texts_write_list(output, asset_lessons);
		lab_texts_write_list(output, asset_exercises);
		status = output_end(output, run->app, &err);
	} else if (!status) {
		show_list(run->app);
	}
	run_end(run, status, err.text[0] ? err.text : NULL);
}

/* ---- a lesson told without a server ---- */

struct telling {
	const struct lesson *lesson;
	struct buf out;
	bool all; /* what comes out, too */
};

static void add_harmless(struct telling *telling, const char *text, size_t n)
{
	text_escape(&telling->out, text, n, 0);
}

/* Each line of a text, set in. */
static void lab_texts_add_lines(struct telling *telling, size_t indent, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		buf_fill(&telling->out, ' ', indent);
		add_harmless(telling, text, n);
		buf_char(&telling->out, '\n');
		text += n + (text[n] == '\n');
	}
}

static void add_field(struct telling *telling, const char *name, const char *value)
{
	if (!*value)
		return;
	buf_fmt(&telling->out, "%-8s ", name);
	add_harmless(telling, value, strlen(value));
	buf_char(&telling->out, '\n');
}

static void add_needs(struct telling *telling, long permutation)
{
	struct buf needs = {0};
	lessons_needs(&needs, telling->lesson, permutation);
	add_field(telling, permutation < 0 ? "needs" : "   needs", buf_text(&needs));
	buf_free(&needs);
}

static void lab_texts_add_words(struct telling *telling)
{
	const struct lesson *lesson = telling->lesson;
	for (size_t i = 0; i < lesson->nwords; i++) {
		add_harmless(telling, lesson->words[i].name, strlen(lesson->words[i].name));
		buf_str(&telling->out, ":\n");
		lab_texts_add_lines(telling, 4, lesson->words[i].text);
	}
}

static void lab_texts_tell_proof(struct telling *telling, long permutation, const char *name,
				 enum lesson_proof_kind kind)
{
	struct buf products = {0};
	lab_texts_add_proofs(&products, telling->lesson, permutation, kind);
	if (products.len)
		buf_fmt(&telling->out, "   %s: %s\n", name, buf_text(&products));
	buf_free(&products);
}

static void lab_texts_add_item(struct telling *telling, const struct story_item *item)
{
	struct buf *out = &telling->out;
	bool right = telling->all && item->colour == STORY_GOOD;
	if (item->kind == STORY_TEXT)
		lab_texts_add_lines(telling, 5, item->text);
	else if (item->kind == STORY_QUESTION)
		buf_fmt(out, "     ? %s\n", item->text);
	else if (item->kind == STORY_ANSWER)
		buf_fmt(out, "       %zu  %s%s\n", item->number, item->text, right ? "   <- right" : "");
	else if (telling->all)
		lab_texts_add_lines(telling, 10, item->text);
}

/* Its text, and its question. */
static void lab_texts_add_before(struct telling *telling, long permutation, long step)
{
	struct story_items items = {0};
	story_before(&items, telling->lesson, permutation, step);
	for (size_t i = 0; i < items.n; i++)
		lab_texts_add_item(telling, &items.at[i]);
	story_items_free(&items);
}

/* What is told of each of its outcomes; the order's own texts stand before those of all orders, as they are looked for. */
static void lab_texts_add_afters(struct telling *telling, long permutation, long step)
{
	const struct lesson *lesson = telling->lesson;
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < lesson->nafters; i++) {
			const struct lesson_after *after = &lesson->afters[i];
			struct buf outcome = {0};
			if (after->scope.step != step || after->scope.permutation != (own ? permutation : -1))
				continue;
			lesson_outcome_show(&outcome, lesson, &after->outcome);
			buf_fmt(&telling->out, "     after %s:\n", buf_text(&outcome));
			lab_texts_add_lines(telling, 10, after->text);
			buf_free(&outcome);
		}
	}
}

static void lab_texts_add_expect(struct telling *telling, const struct lesson_expect *expect)
{
	struct buf outcome = {0};
	lesson_outcome_show(&outcome, telling->lesson, &expect->outcome);
	buf_fmt(&telling->out, "     = %s\n", buf_text(&outcome));
	buf_free(&outcome);
}

static void lab_texts_add_turn(struct telling *telling, long permutation, const struct spec_turn *turn)
{
	const struct lesson *lesson = telling->lesson;
	const struct spec_step *step = &lesson->spec->steps[turn->step];
	const struct lesson_expect *expect = lesson_expect_of(lesson, permutation, (long)turn->step);
	const char *session = lesson->spec->sessions[step->session].name;
	struct buf sql = {0}, raw = {0};
	lab_texts_add_before(telling, permutation, (long)turn->step);
	buf_str(&telling->out, "   ");
	add_harmless(telling, session, strlen(session));
	buf_str(&telling->out, "  ");
	add_harmless(telling, step->name, strlen(step->name));
	buf_str(&telling->out, ": ");
	values_show(&raw, NULL, lesson, turn->step);
	show_sql(&sql, buf_text(&raw));
	text_escape(&telling->out, buf_text(&sql), sql.len, 100);
	buf_char(&telling->out, '\n');
	buf_free(&sql);
	buf_free(&raw);
	if (expect && telling->all)
		lab_texts_add_expect(telling, expect);
	if (telling->all)
		lab_texts_add_afters(telling, permutation, (long)turn->step);
}

static void add_retries(struct telling *telling, long permutation)
{
	const struct lesson *lesson = telling->lesson;
	for (size_t i = 0; i < lesson->spec->nsessions; i++) {
		const struct lesson_retry *retry = lesson_retry_of(lesson, permutation, i);
		const char *name = lesson->spec->sessions[i].name;
		if (!retry)
			continue;
		buf_str(&telling->out, "   The engine runs ");
		add_harmless(telling, name, strlen(name));
		if (retry->attempt && telling->all)
			buf_fmt(&telling->out, " (committed on attempt %u)", retry->attempt);
		buf_str(&telling->out, ".\n");
	}
}

static void add_order(struct telling *telling, long permutation)
{
	const struct lesson *lesson = telling->lesson;
	const struct spec_permutation *order = &lesson->spec->permutations[permutation];
	const char *title = lesson_text(lesson, LESSON_TITLE, permutation, -1);
	bool own = title && title != lesson_text(lesson, LESSON_TITLE, -1, -1);
	buf_fmt(&telling->out, "\n%ld.%s", permutation + 1, own ? " " : "");
	if (own)
		add_harmless(telling, title, strlen(title));
	buf_char(&telling->out, '\n');
	add_needs(telling, permutation);
	lab_texts_tell_proof(telling, permutation, "verified", LESSON_VERIFIED);
	lab_texts_tell_proof(telling, permutation, "documented", LESSON_DOCUMENTED);
	add_retries(telling, permutation);
	for (size_t i = 0; i < order->nturns; i++)
		lab_texts_add_turn(telling, permutation, &order->turns[i]);
	lab_texts_add_lines(telling, 5, lab_texts_text_of(lesson, LESSON_END, permutation, -1));
}

static void add_all_orders(struct telling *telling)
{
	uint64_t count = spec_permutations_count(telling->lesson->spec);
	buf_fmt(&telling->out, "There is no permutation: %s%" PRIu64 " %s, in which each session keeps its own.\n",
		count == SPEC_PERMUTATIONS_MANY ? "more than " : "", count,
		text_plural((size_t)count, "order", "orders"));
}

static void add_lesson(struct telling *telling)
{
	const struct lesson *lesson = telling->lesson;
	add_field(telling, "title", lab_texts_text_of(lesson, LESSON_TITLE, -1, -1));
	add_field(telling, "teaches", lab_texts_text_of(lesson, LESSON_TEACHES, -1, -1));
	add_needs(telling, -1);
	lab_texts_add_words(telling);
	lab_texts_add_lines(telling, 0, lab_texts_text_of(lesson, LESSON_SAY, -1, -1));
	for (size_t i = 0; i < lesson->spec->npermutations; i++)
		add_order(telling, (long)i);
	if (lesson->spec->npermutations == 0)
		add_all_orders(telling);
}

static void tell_lesson(struct run *run, struct lesson *lesson, struct telling *telling)
{
	telling->lesson = lesson;
	add_lesson(telling);
	app_show(run->app, run->args[1], &telling->out);
	lesson_free(lesson);
	run_end(run, ST_OK, NULL);
}

void lessons_show(struct run *run)
{
	struct err err = {0};
	struct lesson *lesson = lesson_open(run->args[1], &err);
	if (lesson)
		tell_lesson(run, lesson, &(struct telling){0});
	else
		run_end(run, err.status, err.text);
}

/* ---- check ---- */

static void add_count(struct buf *out, size_t n, const char *one, const char *many)
{
	buf_fmt(out, "%s%zu %s", out->len ? ", " : "", n, text_plural(n, one, many));
}

static void lab_texts_add_without_reason(struct telling *telling, const struct lesson_ask *ask)
{
	size_t without = 0;
	for (size_t i = 0; i < ask->nanswers; i++)
		without += !ask->answers[i].because;
	if (without)
		buf_fmt(&telling->out,
			"line %u: %zu of %zu answers %s no reason: write #@ because \"text\" under each\n",
			ask->scope.place.line, without, ask->nanswers, text_plural(without, "has", "have"));
}

/* What is no error, and probably not meant. */
static void add_remarks(struct telling *telling, const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->spec->nsteps; i++) {
		const struct spec_step *step = &lesson->spec->steps[i];
		if (step->used)
			continue;
		buf_fmt(&telling->out, "line %u: step ", step->place.line);
		add_harmless(telling, step->name, strlen(step->name));
		buf_str(&telling->out, " is in no permutation\n");
	}
	for (size_t i = 0; i < lesson->nasks; i++)
		lab_texts_add_without_reason(telling, &lesson->asks[i]);
	if (lesson->nexpects == 0 && lesson->nchecks == 0)
		buf_str(&telling->out, "nothing is expected or checked: `lab run` can only say that it was played\n");
}

void lessons_check(struct run *run)
{
	struct err err = {0};
	struct lesson *lesson = lesson_open(run->args[1], &err);
	if (!lesson) {
		run_end(run, err.status, err.text);
		return;
	}
	struct telling telling = {.all = true};
	add_count(&telling.out, lesson->spec->nsessions, "session", "sessions");
	add_count(&telling.out, lesson->spec->nsteps, "step", "steps");
	add_count(&telling.out, lesson->spec->npermutations, "permutation", "permutations");
	add_count(&telling.out, lesson->nasks, "question", "questions");
	add_count(&telling.out, lesson->nexpects, "expectation", "expectations");
	add_count(&telling.out, lesson->nchecks, "check", "checks");
	buf_char(&telling.out, '\n');
	add_remarks(&telling, lesson);
	tell_lesson(run, lesson, &telling);
}

/* ---- new ---- */

static enum status write_skeleton(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return err_set(err, ST_OWN, "%.200s exists already; choose another name", path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return err_set(err, ST_OWN, "cannot write %.200s: %s", path, strerror(errno));
	fputs(asset_skeleton_spec, file);
	bool failed = ferror(file);
	failed = fclose(file) || failed;
	return failed ? err_set(err, ST_OWN, "cannot write %.200s: %s", path, strerror(errno)) : ST_OK;
}

void lessons_new(struct run *run)
{
	struct err err = {0};
	struct buf path = {0};
	const char *name = run->args[1];
	size_t n = strlen(name);
	if (!n) {
		run_end(run, ST_USAGE, "lab new needs the name of the lesson to begin");
		return;
	}
	buf_str(&path, name);
	if (n < 5 || strcmp(name + n - 5, ".spec") != 0)
		buf_str(&path, ".spec");
	enum status status = write_skeleton(path.p, &err);
	if (!status)
		app_result(run->app, "%s is a lesson that runs: `lab run %s` plays it, `lab check %s` explains it",
			   path.p, path.p, path.p);
	buf_free(&path);
	run_end(run, status, err.text[0] ? err.text : NULL);
}
