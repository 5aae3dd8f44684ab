/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a spec file: the grammar of isolationtester, and what it asks of names. */
#include "lab/spec.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "spec_internal.h"
#include "token.h"

struct parser {
	struct lexer lexer;
	struct token token; /* the next one */
	struct spec_parts *parts;
	size_t *used_in; /* [nsteps]: the number, from 1, of the last permutation that has the step */
	struct err *err;
};

static void spec_next(struct parser *p)
{
	p->token = token_next(&p->lexer, p->err);
}

static enum status unexpected(struct parser *p, const char *wanted)
{
	if (p->token.kind == TOKEN_BAD)
		return p->err->status;
	return token_error(p->err, p->lexer.file, p->token.place, "expected %s, found %s", wanted,
			   token_say(&p->token).text);
}

static enum status expect(struct parser *p, enum token_kind kind, const char *wanted, const char **text)
{
	if (p->token.kind != kind)
		return unexpected(p, wanted);
	if (text)
		*text = p->token.text;
	spec_next(p);
	return ST_OK;
}

/* `KEYWORD { SQL }`, where the keyword is there. */
static enum status read_block(struct parser *p, enum token_kind keyword, const char *wanted, const char **sql)
{
	if (p->token.kind != keyword)
		return ST_OK;
	spec_next(p);
	return expect(p, TOKEN_SQL, wanted, sql);
}

static enum status read_setups(struct parser *p)
{
	struct spec_parts *parts = p->parts;
	while (p->token.kind == TOKEN_SETUP) {
		const char *sql = NULL;
		struct spec_place place = p->token.place;
		if (read_block(p, TOKEN_SETUP, "the SQL of this setup, in { }", &sql))
			return p->err->status;
		parts->setups = mem_grow(parts->setups, parts->spec.nsetups, sizeof *parts->setups);
		parts->setup_places = mem_grow(parts->setup_places, parts->spec.nsetups, sizeof *parts->setup_places);
		parts->setup_places[parts->spec.nsetups] = place;
		parts->setups[parts->spec.nsetups++] = sql;
	}
	return read_block(p, TOKEN_TEARDOWN, "the SQL of this teardown, in { }", &parts->spec.teardown);
}

static enum status spec_read_step(struct parser *p, struct spec_session *session)
{
	struct spec_parts *parts = p->parts;
	struct spec_step step = {.session = parts->spec.nsessions, .place = p->token.place};
	spec_next(p);
	if (expect(p, TOKEN_NAME, "the name of a step", &step.name) ||
	    expect(p, TOKEN_SQL, "the SQL of this step, in { }", &step.sql))
		return p->err->status;
	parts->steps = mem_grow(parts->steps, parts->spec.nsteps, sizeof step);
	parts->steps[parts->spec.nsteps++] = step;
	session->nsteps++;
	return ST_OK;
}

static enum status read_session(struct parser *p)
{
	struct spec_parts *parts = p->parts;
	struct spec_session session = {.place = p->token.place};
	if (expect(p, TOKEN_SESSION, "a session", NULL) ||
	    expect(p, TOKEN_NAME, "the name of a session", &session.name) ||
	    read_block(p, TOKEN_SETUP, "the SQL of this setup, in { }", &session.setup))
		return p->err->status;
	do {
		if (p->token.kind != TOKEN_STEP)
			return unexpected(p, "a step of this session");
		if (spec_read_step(p, &session))
			return p->err->status;
	} while (p->token.kind == TOKEN_STEP);
	if (read_block(p, TOKEN_TEARDOWN, "the SQL of this teardown, in { }", &session.teardown))
		return p->err->status;
	parts->sessions = mem_grow(parts->sessions, parts->spec.nsessions, sizeof session);
	parts->sessions[parts->spec.nsessions++] = session;
	return ST_OK;
}

/* ---- names ---- */

/* By name, then by place in the file. */
static int compare(const void *a, const void *b)
{
	const struct spec_step *x = *(const struct spec_step *const *)a, *y = *(const struct spec_step *const *)b;
	int names = strcmp(x->name, y->name);
	return names ? names : (x > y) - (x < y);
}

static enum status index_steps(struct parser *p)
{
	struct spec_parts *parts = p->parts;
	size_t n = parts->spec.nsteps;
	parts->spec.steps = parts->steps;
	p->used_in = mem_array(n, sizeof *p->used_in);
	parts->by_name = mem_array(n, sizeof(const struct spec_step *));
	for (size_t i = 0; i < n; i++)
		parts->by_name[i] = &parts->steps[i];
	qsort(parts->by_name, n, sizeof(const struct spec_step *), compare);
	for (size_t i = 1; i < n; i++) {
		const struct spec_step *first = parts->by_name[i - 1], *second = parts->by_name[i];
		if (strcmp(first->name, second->name) == 0)
			return token_error(p->err, p->lexer.file, second->place,
					   "there is a step %s already, in line %u: every step needs a name of its own",
					   token_say_name(second->name).text, first->place.line);
	}
	return ST_OK;
}

static int compare_name(const void *name, const void *step)
{
	return strcmp(name, (*(const struct spec_step *const *)step)->name);
}

long spec_step_find(const struct spec *spec, const char *name)
{
	const struct spec_parts *parts = (const struct spec_parts *)spec;
	const struct spec_step *const *found =
		bsearch(name, parts->by_name, spec->nsteps, sizeof(const struct spec_step *), compare_name);
	return found ? *found - spec->steps : -1;
}

long spec_session_find(const struct spec *spec, const char *name)
{
	for (size_t i = 0; i < spec->nsessions; i++) {
		if (strcmp(spec->sessions[i].name, name) == 0)
			return (long)i;
	}
	return -1;
}

/* The step that the token names. */
static enum status read_name_of_step(struct parser *p, const char *wanted, size_t *step)
{
	struct token token = p->token;
	if (expect(p, TOKEN_NAME, wanted, NULL))
		return p->err->status;
	long found = spec_step_find(&p->parts->spec, token.text);
	if (found < 0)
		return token_error(p->err, p->lexer.file, token.place, "there is no step %s",
				   token_say_name(token.text).text);
	*step = (size_t)found;
	return ST_OK;
}

/* ---- permutations ---- */

static enum status read_notices(struct parser *p, struct spec_mark *mark)
{
	if (p->token.kind != TOKEN_NOTICES)
		return ST_OK;
	spec_next(p);
	struct token token = p->token;
	if (expect(p, TOKEN_NUMBER, "the number of notices", NULL))
		return p->err->status;
	errno = 0;
	long n = strtol(token.text, NULL, 10);
	if (errno || n > INT_MAX)
		return token_error(p->err, p->lexer.file, token.place, "%s notices are too many",
				   token_say_name(token.text).text);
	mark->kind = SPEC_MARK_NOTICES;
	mark->notices = (int)n;
	return ST_OK;
}

static enum status read_mark(struct parser *p, struct spec_turn *turn)
{
	struct spec_parts *parts = p->parts;
	struct spec_mark mark = {.kind = SPEC_MARK_ONCE, .place = p->token.place};
	if (p->token.kind == TOKEN_STAR) {
		spec_next(p);
	} else {
		mark.kind = SPEC_MARK_STEP;
		if (read_name_of_step(p, "a mark: * or the name of another step", &mark.step) || read_notices(p, &mark))
			return p->err->status;
		if (parts->steps[mark.step].session == parts->steps[turn->step].session)
			return token_error(p->err, p->lexer.file, mark.place,
					   "step %s cannot wait for a step of its own session",
					   token_say_name(parts->steps[turn->step].name).text);
	}
	parts->marks = mem_grow(parts->marks, parts->nmarks, sizeof mark);
	parts->marks[parts->nmarks++] = mark;
	turn->nmarks++;
	return ST_OK;
}

static enum status read_turn(struct parser *p)
{
	struct spec_parts *parts = p->parts;
	struct spec_turn turn = {.place = p->token.place};
	if (read_name_of_step(p, "the name of a step", &turn.step))
		return p->err->status;
	parts->steps[turn.step].used = true;
	p->used_in[turn.step] = parts->spec.npermutations + 1;
	if (p->token.kind == TOKEN_OPEN) {
		do {
			spec_next(p);
			if (read_mark(p, &turn))
				return p->err->status;
		} while (p->token.kind == TOKEN_COMMA);
		if (expect(p, TOKEN_CLOSE, "\",\" or \")\" after this mark", NULL))
			return p->err->status;
	}
	parts->turns = mem_grow(parts->turns, parts->nturns, sizeof turn);
	parts->turns[parts->nturns++] = turn;
	return ST_OK;
}

/* A mark may name a step that comes later in its permutation, but one that comes. */
static enum status check_marks(struct parser *p, size_t first)
{
	struct spec_parts *parts = p->parts;
	for (size_t i = first; i < parts->nmarks; i++) {
		const struct spec_mark *mark = &parts->marks[i];
		if (mark->kind != SPEC_MARK_ONCE && p->used_in[mark->step] != parts->spec.npermutations + 1)
			return token_error(p->err, p->lexer.file, mark->place, "step %s is not in this permutation",
					   token_say_name(parts->steps[mark->step].name).text);
	}
	return ST_OK;
}

static enum status read_permutation(struct parser *p)
{
	struct spec_parts *parts = p->parts;
	struct spec_permutation permutation = {.place = p->token.place};
	size_t turns = parts->nturns, marks = parts->nmarks;
	spec_next(p);
	do {
		if (read_turn(p))
			return p->err->status;
	} while (p->token.kind == TOKEN_NAME);
	if (check_marks(p, marks))
		return p->err->status;
	permutation.nturns = parts->nturns - turns;
	parts->permutations = mem_grow(parts->permutations, parts->spec.npermutations, sizeof permutation);
	parts->permutations[parts->spec.npermutations++] = permutation;
	return ST_OK;
}

/* ---- the whole ---- */

static enum status read_spec(struct parser *p)
{
	spec_next(p);
	if (read_setups(p))
		return p->err->status;
	if (p->token.kind != TOKEN_SESSION)
		return unexpected(p, p->parts->spec.teardown ? "a session" : "setup, teardown or a session");
	while (p->token.kind == TOKEN_SESSION) {
		if (read_session(p))
			return p->err->status;
	}
	if (index_steps(p))
		return p->err->status;
	while (p->token.kind == TOKEN_PERMUTATION) {
		if (read_permutation(p))
			return p->err->status;
	}
	if (p->token.kind != TOKEN_END)
		return unexpected(p, p->parts->spec.npermutations ? "a step or a permutation"
								  : "a session or a permutation");
	return ST_OK;
}

/* The arrays grow no more: what follows one another in them is divided up. */
static void join(struct spec_parts *parts)
{
	struct spec *spec = &parts->spec;
	const struct spec_step *steps = parts->steps;
	for (size_t i = 0; i < spec->nsessions; steps += parts->sessions[i++].nsteps)
		parts->sessions[i].steps = steps;
	const struct spec_mark *marks = parts->marks;
	for (size_t i = 0; i < parts->nturns; i++) {
		if (parts->turns[i].nmarks) { /* in most files none has any, and the array is NULL */
			parts->turns[i].marks = marks;
			marks += parts->turns[i].nmarks;
		}
	}
	const struct spec_turn *turns = parts->turns;
	for (size_t i = 0; i < spec->npermutations; turns += parts->permutations[i++].nturns)
		parts->permutations[i].turns = turns;
	for (size_t i = 0; i < spec->nsteps && spec->npermutations == 0; i++)
		parts->steps[i].used = true;
	spec->setups = parts->setups;
	spec->setup_places = parts->setup_places;
	spec->sessions = parts->sessions;
	spec->permutations = parts->permutations;
	spec->notes = parts->notes;
}

/* Places are counted up to a NUL byte as they would be by the lexer. */
static enum status refuse_nul(const char *file, const char *text, size_t n, struct err *err)
{
	const char *nul = n ? memchr(text, '\0', n) : NULL;
	struct spec_place place = {1, 1};
	for (const char *c = text; nul && c < nul; c++) {
		place.column = *c == '\n' ? 1 : place.column + ((c[1] & 0xc0) != 0x80);
		place.line += *c == '\n';
	}
	return nul ? token_error(err, file, place, "a NUL byte: this is not a text file") : ST_OK;
}

struct spec *spec_parse(const char *file, const char *text, size_t n, struct err *err)
{
	if (n > SPEC_MAX_BYTES) {
		token_error(err, file, (struct spec_place){1, 1}, "the file has more than %d MB: too large for a spec",
			    SPEC_MAX_BYTES >> 20);
		return NULL;
	}
	if (refuse_nul(file, text, n, err))
		return NULL;
	struct spec_parts *parts = NEW(struct spec_parts);
	parts->strings = mem_array(2 * n, 1);
	struct parser p = {
		.lexer = {.file = file, .text = text, .n = n, .place = {1, 1}, .strings = parts->strings},
		.parts = parts,
		.err = err,
	};
	enum status status = read_spec(&p);
	free(p.used_in);
	parts->notes = p.lexer.notes;
	parts->spec.nnotes = p.lexer.nnotes;
	if (status) {
		spec_free(&parts->spec);
		return NULL;
	}
	join(parts);
	return &parts->spec;
}

static const char *spec_keep(struct spec_parts *parts, char *sql)
{
	parts->replaced = mem_grow(parts->replaced, parts->nreplaced, sizeof *parts->replaced);
	return parts->replaced[parts->nreplaced++] = sql;
}

void spec_replace_step(struct spec *spec, size_t step, char *sql)
{
	struct spec_parts *parts = (struct spec_parts *)spec;
	parts->steps[step].sql = spec_keep(parts, sql);
}

void spec_replace_setup(struct spec *spec, size_t session, char *sql)
{
	struct spec_parts *parts = (struct spec_parts *)spec;
	parts->sessions[session].setup = spec_keep(parts, sql);
}

void spec_free(struct spec *spec)
{
	if (!spec)
		return;
	struct spec_parts *parts = (struct spec_parts *)spec;
	free(parts->strings);
	free(parts->setups);
	free(parts->setup_places);
	free(parts->sessions);
	free(parts->steps);
	free(parts->by_name);
	free(parts->permutations);
	free(parts->turns);
	free(parts->marks);
	free(parts->notes);
	for (size_t i = 0; i < parts->nreplaced; i++)
		free(parts->replaced[i]);
	free(parts->replaced);
	free(parts);
}
