/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command lab from inside: what is played, and what its words do. */
#ifndef VERB_LAB_H
#define VERB_LAB_H

#include "app/app_private.h"
#include "lab/lesson.h"
#include "lab/spec.h"
#include "lab/story.h"

/* What is being played. It stays behind when it is over, until the next one or the end of the program. */
struct lab {
	struct job job;
	struct run *run; /* NULL when it is over */
	bool stopped;    /* its end was asked for */
	struct spec *spec;
	struct transcript *transcript;
	struct judging *judging;
	struct lab_plain *plain;
	struct handout *handout;
	struct matrix *matrix;
	struct exploring *exploring;
	struct solving *solving;
};

/* Ends what is played, and its run. */
void lab_over(struct lab *lab, enum status status, const char *sentence);

/* ---- lab_texts.c: lab list, show, check, new ---- */
void lessons_list(struct run *run);
void lessons_show(struct run *run);
void lessons_check(struct run *run);
void lessons_new(struct run *run);

/* What a lesson needs, as it is written: "pg>=15, superuser". Of a permutation (-1: of all). */
void lessons_needs(struct buf *out, const struct lesson *lesson, long permutation);

/* Writes data to standard output, wherever that leads. */
void lab_write(struct lab *lab, const char *text, size_t n);

/* ---- handout.c: lab handout ---- */
enum status handout_check(const struct run *run, struct err *err);
struct handout *handout_start(struct lab *lab); /* of lab->run; the session that browses is connected */
void handout_stop(struct handout *handout);
void handout_free(struct handout *handout);

/* ---- matrix.c: lab matrix ---- */
struct matrix *matrix_start(struct lab *lab); /* of lab->run; the session that browses is connected */
void matrix_stop(struct matrix *matrix);
void matrix_free(struct matrix *matrix);

/* ---- solve.c: lab solve ---- */
struct exercise *exercise_open(const char *name, struct err *err); /* by its name or from its file; owned */
enum status solving_check(const struct run *run, struct err *err);
bool solving_shows(struct run *run); /* what there is to write, which ends the run; false: there is an answer */
struct solving *solving_start(struct lab *lab); /* of lab->run; the session that browses is connected */
void solving_stop(struct solving *solving);
void solving_free(struct solving *solving);

/* ---- explore.c: lab explore ---- */
enum status exploring_check(const struct run *run, struct err *err); /* its options */
struct exploring *exploring_start(struct lab *lab); /* of lab->run; the session that browses is connected */
void exploring_stop(struct exploring *exploring);
void exploring_free(struct exploring *exploring);

/* ---- program.c: lab program ---- */
enum status program_check(const struct run *run, struct err *err);
void lab_program(struct run *run);

/* ---- progress.c: lab progress ---- */
void lab_progress(struct run *run);

/* ---- lab_plain.c: lab play without a screen ---- */
struct lab_plain *lab_plain_start(struct lab *lab,
				  struct err *err); /* of lab->run; the session that browses is connected */
void lab_plain_stop(struct lab_plain *plain);
void lab_plain_free(struct lab_plain *plain);

/* ---- lab_lines.c: what is to be said of a lesson, as lines ---- */
void lab_lines(struct app *app, struct story_items *items); /* prints and frees them */

/* ---- lab_run.c: lab run, held against what the lesson says ---- */
struct judging *judging_start(struct lab *lab); /* of lab->run; the session that browses is connected */
void judging_stop(struct judging *judging);
void judging_free(struct judging *judging);

#endif
