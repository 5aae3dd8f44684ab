/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spec file, as PostgreSQL's isolationtester reads it: sessions, their steps, and the orders to run them in. */
#ifndef LAB_SPEC_H
#define LAB_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The grammar, as in the README of src/test/isolation of PostgreSQL 15:
 *
 *	setup { SQL } ...           any number, each sent by itself, over the control connection
 *	teardown { SQL }            at most one, likewise
 *	session NAME                one or more; each is a connection
 *	    setup { SQL }           at most one
 *	    step NAME { SQL }       one or more
 *	    teardown { SQL }        at most one
 *	permutation STEP ...        any number; STEP may be followed by (MARK, ...), and MARK is one of
 *	                            *   OTHER_STEP   OTHER_STEP notices N
 *
 * SQL loses the blanks (not the newlines) behind "{" and before "}" and is otherwise kept byte for byte; it ends at the first "}".
 * A name is bare or in double quotes, in which "" is a quote; letter case counts. '#' begins a comment, except inside SQL.
 */
enum { SPEC_MAX_BYTES = 16 << 20 };

struct spec_place {
	unsigned line, column; /* from 1; a column is a character */
};

struct spec_step {
	const char *name;
	const char *sql;
	size_t session;
	bool used; /* in a permutation; always true where the file has none */
	struct spec_place place;
};

struct spec_session {
	const char *name;
	const char *setup, *teardown; /* NULL: none */
	const struct spec_step *steps;
	size_t nsteps;
	struct spec_place place;
};

/* What the report that a step is complete has to wait for. */
enum spec_mark_kind {
	SPEC_MARK_ONCE,    /* `*`: it is called waiting as soon as it is sent */
	SPEC_MARK_STEP,    /* until that step is complete, wherever in the permutation it stands */
	SPEC_MARK_NOTICES, /* until that step's session has sent so many notices since this step was sent */
};

struct spec_mark {
	enum spec_mark_kind kind;
	size_t step; /* another session's; of this permutation */
	int notices;
	struct spec_place place;
};

/* One entry of a permutation. */
struct spec_turn {
	size_t step; /* index in spec.steps */
	const struct spec_mark *marks;
	size_t nmarks;
	struct spec_place place;
};

struct spec_permutation {
	const struct spec_turn *turns;
	size_t nturns;
	struct spec_place place;
};

/* A comment that begins with #@: what lessons add to the format, and isolationtester passes over. */
struct spec_note {
	const char *text; /* behind the @, to the end of the line */
	struct spec_place place;
};

/* All of it is owned by the spec; names and SQL are raw bytes of the file: text_escape() before showing. No NUL is
 * in them. */
struct spec {
	const char *const *setups;
	const struct spec_place *setup_places; /* [nsetups] */
	size_t nsetups;
	const char *teardown; /* NULL: none */
	const struct spec_session *sessions;
	size_t nsessions;              /* 1 or more */
	const struct spec_step *steps; /* of all sessions, in the order of the file */
	size_t nsteps;
	const struct spec_permutation *permutations;
	size_t npermutations; /* 0: all interleavings, see spec_permutations_new() */
	const struct spec_note *notes;
	size_t nnotes;
};

/*
 * Reads text[0..n). Returns the spec, owned by the caller, or NULL with a sentence that begins "FILE:LINE:COLUMN: ".
 * `file` is only a name. What isolationtester refuses is refused, and NUL bytes and more than SPEC_MAX_BYTES are too.
 */
struct spec *spec_parse(const char *file, const char *text, size_t n, struct err *err);
void spec_free(struct spec *spec);

/* Other SQL in the place of the file's, which it takes: of a step, of a session's setup. */
void spec_replace_step(struct spec *spec, size_t step, char *sql);
void spec_replace_setup(struct spec *spec, size_t session, char *sql);

/* The index of a step or session by its name; -1: none has it. Of sessions with the same name, the first. */
long spec_step_find(const struct spec *spec, const char *name);
long spec_session_find(const struct spec *spec, const char *name);

/*
 * The permutations to run, one after another: those of the file, or, where it has none, every interleaving of the
 * sessions' steps, those first that let the earlier session go first. Their number can be astronomic; they are made
 * as they are asked for.
 */
#define SPEC_PERMUTATIONS_MANY UINT64_C(1000000000000)
uint64_t spec_permutations_count(const struct spec *spec); /* SPEC_PERMUTATIONS_MANY: so many, or more */
struct spec_permutations;
struct spec_permutations *spec_permutations_new(const struct spec *spec); /* owned; the spec must outlive it */
const struct spec_permutation *
spec_permutations_next(struct spec_permutations *permutations); /* borrowed until the next call; NULL: the end */
void spec_permutations_free(struct spec_permutations *permutations);

#endif
