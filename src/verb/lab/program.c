/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab program: programs that do what lessons teach, in several languages. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "cli/output.h"
#include "cli/plain.h"
#include "lab/player.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

static const struct {
	const char *word, *file, *shown; /* as it is typed, the end of the file's name, and as it is called */
} languages[] = {{"python", "py", "Python, psycopg"},
		 {"java", "java", "Java, JDBC"},
		 {"go", "go", "Go, pgx"},
		 {"c", "c", "C, libpq"}};

/* The number of a language; COUNT_OF(languages): there is none such. */
static size_t program_language(const char *word)
{
	size_t i = 0;
	while (i < COUNT_OF(languages) && strcmp(word, languages[i].word) != 0 && strcmp(word, languages[i].file) != 0)
		i++;
	return i;
}

static const char *program_text(const char *topic, size_t language)
{
	for (const struct asset_program *program = asset_programs; program->topic; program++)
		if (strcmp(program->topic, topic) == 0 && strcmp(program->language, languages[language].file) == 0)
			return program->text;
	return NULL;
}

static enum status program_no_topic(struct err *err, const char *topic)
{
	return err_set(err, ST_USAGE, "there is no program about %.80s; use loop, key or lock-order", topic);
}

enum status program_check(const struct run *run, struct err *err)
{
	const char *topic = run->nargs > 1 ? run->args[1] : NULL;
	const char *language = run->nmore ? run->more[0] : NULL;
	if (!topic && app_prints(run->app))
		return err_set(err, ST_USAGE, "lab program needs a topic: loop, key or lock-order");
	if (topic && !program_text(topic, 0))
		return program_no_topic(err, topic);
	if (language && program_language(language) == COUNT_OF(languages))
		return err_set(err, ST_USAGE, "there is no program in %.80s; use python, java, go or c", language);
	if (run->nmore > 1)
		return err_set(err, ST_USAGE, "lab program has no place for \"%.80s\"", run->more[1]);
	return ST_OK;
}

/* In one language, or in all of them, each below its name. */
static void program_add(struct buf *out, const char *topic, const char *language)
{
	size_t only = language ? program_language(language) : COUNT_OF(languages);
	for (size_t i = 0; i < COUNT_OF(languages); i++) {
		if (language && i != only)
			continue;
		if (!language)
			buf_fmt(out, "%s---- %s ----\n\n", out->len ? "\n" : "", languages[i].shown);
		buf_str(out, program_text(topic, i));
	}
}

/* Those of the lesson that is being played. */
static void program_add_lesson(struct buf *out, const struct player *player)
{
	const struct lesson *lesson = player_lesson(player);
	for (size_t i = 0; i < lesson->nprograms; i++) {
		long of = lesson->programs[i].scope.permutation;
		if (of < 0 || of == (long)player_order(player))
			program_add(out, lesson->programs[i].topic, NULL);
	}
}

/* A tab is no text for a screen. */
static void program_show(struct app *app, const char *title, const struct buf *text)
{
	struct buf shown = {0};
	for (const char *c = buf_text(text); *c; c++) {
		if (*c == '\t')
			buf_str(&shown, "    ");
		else
			buf_char(&shown, *c);
	}
	app_show(app, title, &shown);
}

/* As it stands: it may go to a file. */
static void program_write(struct app *app, const struct buf *text)
{
	output_text(stdout, text->p, text->len);
	if (fflush(stdout) || ferror(stdout))
		plain_unwritten(app, errno);
}

void lab_program(struct run *run)
{
	struct app *app = run->app;
	struct buf text = {0}, title = {0};
	const char *topic = run->nargs > 1 ? run->args[1] : NULL;
	if (topic)
		program_add(&text, topic, run->nmore ? run->more[0] : NULL);
	else if (app->player)
		program_add_lesson(&text, app->player);
	buf_fmt(&title, "In your program%s%s", topic ? ": " : "", topic ? topic : "");
	if (text.len && app_prints(app))
		program_write(app, &text);
	else if (text.len)
		program_show(app, title.p, &text);
	bool none = !text.len;
	buf_free(&text);
	buf_free(&title);
	run_end(run, none ? ST_USAGE : ST_OK,
		none ? "this lesson names no program; :lab program loop, key or lock-order shows one" : NULL);
}
