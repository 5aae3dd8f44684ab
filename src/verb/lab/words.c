/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command words: the words that the lessons which were played explain. */
#include <stdlib.h>
#include <string.h>

#include "app/learned.h"
#include "base/asset.h"
#include "base/mem.h"
#include "base/text.h"
#include "lab/player.h"
#include "src/verb/verb_internal.h"

/* A word that was met; its texts are the lesson's, harmless. */
struct met {
	char *word, *meaning, *lesson;
};

struct met_words {
	struct met *at;
	size_t n;
};

static char *words_harmless(const char *raw)
{
	struct buf text = {0};
	text_escape_lines(&text, raw, strlen(raw));
	buf_str(&text, "");
	return buf_take(&text);
}

/* The first explanation counts. */
static void words_meet(struct met_words *words, const struct lesson_word *word, const char *lesson)
{
	char *name = words_harmless(word->name);
	for (size_t i = 0; i < words->n; i++) {
		if (strcmp(words->at[i].word, name) == 0) {
			free(name);
			return;
		}
	}
	words->at = mem_grow(words->at, words->n, sizeof *words->at);
	words->at[words->n++] = (struct met){name, words_harmless(word->text), words_harmless(lesson)};
}

/* Of the orders up to this one. */
static void words_meet_all(struct met_words *words, const struct lesson *lesson, const char *name, long order)
{
	for (size_t i = 0; i < lesson->nwords; i++)
		if (lesson->words[i].scope.permutation <= order)
			words_meet(words, &lesson->words[i], name);
}

static void words_meet_played(struct met_words *words, struct app *app)
{
	const struct player *player = app->player;
	if (player)
		words_meet_all(words, player_lesson(player), player_name(player), (long)player_order(player));
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct err err;
		struct lesson *lesson = lesson_open(asset->name, &err);
		size_t orders = lesson ? lesson->spec->npermutations : 0;
		if (lesson && learned_of(app_learned(app), asset->name, orders).orders)
			words_meet_all(words, lesson, asset->name, (long)orders);
		lesson_free(lesson);
	}
}

static void words_free(struct met_words *words)
{
	for (size_t i = 0; i < words->n; i++) {
		free(words->at[i].word);
		free(words->at[i].meaning);
		free(words->at[i].lesson);
	}
	free(words->at);
}

/* ---- for people, for programs ---- */

static void words_add(struct buf *out, const struct met *met)
{
	buf_fmt(out, "%s%s\n", out->len ? "\n" : "", met->word);
	for (const char *line = met->meaning; *line;) {
		size_t n = strcspn(line, "\n");
		buf_fmt(out, "    %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
	buf_fmt(out, "    (%s)\n", met->lesson);
}

static void words_show(struct app *app, const struct met_words *words)
{
	struct buf out = {0};
	for (size_t i = 0; i < words->n; i++)
		words_add(&out, &words->at[i]);
	if (!words->n)
		buf_str(&out, "No word was met yet: a lesson explains those that it uses, and here they are kept.\n");
	app_show(app, "Words", &out);
}

enum { WORDS_COLUMNS = 3 };

static enum status words_write(struct run *run, const struct met_words *words, enum output_format format,
			       struct err *err)
{
	static const char *const names[WORDS_COLUMNS] = {"word", "meaning", "lesson"};
	static const bool right[WORDS_COLUMNS];
	struct output *output = output_new(stdout, format, WORDS_COLUMNS, names, right);
	for (size_t i = 0; i < words->n; i++) {
		const struct met *met = &words->at[i];
		output_rows(output, (const char *const[]){met->word, met->meaning, met->lesson}, 1);
	}
	return output_end(output, run->app, err);
}

static void words_run(struct run *run)
{
	struct err err = {0};
	struct met_words words = {0};
	enum output_format format;
	enum status status = run_format(run, &format, &err);
	words_meet_played(&words, run->app);
	if (!status && record_wanted(run))
		status = words_write(run, &words, format, &err);
	else if (!status)
		words_show(run->app, &words);
	words_free(&words);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

const struct command verb_words = {
	.name = "words",
	.options = {COMMAND_FORMATS},
	.flags = COMMAND_VERB,
	.help = "what the words mean that were met in lessons",
	.run = words_run,
	.check = record_check,
};
