/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab progress: which lessons were played, and how many of their questions were answered right. */
#include <stdio.h>

#include "app/learned.h"
#include "base/asset.h"
#include "base/mem.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

/* Of one lesson that is built in. */
struct progress {
	const char *name, *title;
	size_t orders;
	struct learned_sum learned;
};
typedef void progress_fn(void *arg, const struct progress *progress);

/* Those that the server at hand can play; where none is at hand, all. */
static size_t progress_orders(const struct app *app, const struct lesson *lesson)
{
	struct lesson_server server;
	struct err why;
	if (!app->browse || !lesson_server_of(app->browse, &server))
		return lesson->spec->npermutations;
	server.second = settings_second(&app->settings);
	size_t n = 0;
	for (size_t i = 0; i < lesson->spec->npermutations; i++)
		n += lesson_runs(lesson, (long)i, &server, &why);
	return n;
}

static void progress_each(struct app *app, progress_fn *fn, void *arg)
{
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct err err;
		struct lesson *lesson = lesson_open(asset->name, &err);
		if (!lesson) /* cannot be: the tests read them all */
			continue;
		const char *title = lesson_text(lesson, LESSON_TITLE, -1, -1);
		struct learned_sum learned = learned_of(app_learned(app), asset->name, lesson->spec->npermutations);
		fn(arg, &(struct progress){asset->name, title ? title : "", progress_orders(app, lesson), learned});
		lesson_free(lesson);
	}
}

/* ---- for programs ---- */

enum { PROGRESS_COLUMNS = 6 };

static void progress_write(void *arg, const struct progress *progress)
{
	char orders[24], played[24], asked[24], right[24];
	snprintf(orders, sizeof orders, "%zu", progress->orders);
	snprintf(played, sizeof played, "%u", progress->learned.orders);
	snprintf(asked, sizeof asked, "%u", progress->learned.asked);
	snprintf(right, sizeof right, "%u", progress->learned.right);
	const char *const cells[PROGRESS_COLUMNS] = {progress->name, progress->title, orders, played, asked, right};
	output_rows(arg, cells, 1);
}

/* ---- for people ---- */

struct progress_sum {
	struct buf lines;
	size_t lessons, complete;
	unsigned asked, right;
};

static void progress_show(void *arg, const struct progress *progress)
{
	struct progress_sum *sum = arg;
	struct learned_sum learned = progress->learned;
	char played[40], right[40];
	snprintf(played, sizeof played, "%u of %zu", learned.orders, progress->orders);
	snprintf(right, sizeof right, "%u of %u", learned.right, learned.asked);
	buf_fmt(&sum->lines, "%-24s  %8s  %9s\n", progress->name, learned.orders ? played : "-",
		learned.asked ? right : "-");
	sum->lessons++;
	sum->complete += progress->orders && learned.orders >= progress->orders;
	sum->asked += learned.asked;
	sum->right += learned.right;
}

static void progress_tell(struct app *app)
{
	struct progress_sum sum = {0};
	buf_fmt(&sum.lines, "%-24s  %8s  %9s\n", "lesson", "orders", "questions");
	buf_fmt(&sum.lines, "%-24s  %8s  %9s\n", "", "played", "right");
	progress_each(app, progress_show, &sum);
	buf_fmt(&sum.lines, "\n%zu of %zu lessons played in all their orders, %u of %u questions answered right\n",
		sum.complete, sum.lessons, sum.right, sum.asked);
	app_show(app, "Progress", &sum.lines);
}

void lab_progress(struct run *run)
{
	static const char *const names[PROGRESS_COLUMNS] = {"lesson", "title", "orders", "played", "asked", "right"};
	static const bool right[PROGRESS_COLUMNS] = {[2] = true, [3] = true, [4] = true, [5] = true};
	struct err err = {0};
	enum output_format format;
	enum status status = run_format(run, &format, &err);
	if (!status && record_wanted(run)) {
		struct output *output = output_new(stdout, format, PROGRESS_COLUMNS, names, right);
		progress_each(run->app, progress_write, output);
		status = output_end(output, run->app, &err);
	} else if (!status) {
		progress_tell(run->app);
	}
	run_end(run, status, err.text[0] ? err.text : NULL);
}
