/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command lab from inside: what is played, and what its words do. */
#ifndef VERB_LAB_H
#define VERB_LAB_H

#include "app/app_private.h"
#include "lab/lesson.h"
#include "lab/spec.h"

/* What is being played. It stays behind when it is over, until the next one or the end of the program. */
struct lab {
	struct job job;
	struct run *run; /* NULL when it is over */
	bool stopped;    /* its end was asked for */
	struct spec *spec;
	struct transcript *transcript;
	struct judging *judging;
	struct story *story;
};

/* Ends what is played, and its run. */
void lab_over(struct lab *lab, enum status status, const char *sentence);

/* ---- lessons.c: lab list, show, check, new ---- */
void lessons_list(struct run *run);
void lessons_show(struct run *run);
void lessons_check(struct run *run);
void lessons_new(struct run *run);

/* What a lesson needs, as it is written: "pg>=15, superuser". Of a permutation (-1: of all). */
void lessons_needs(struct buf *out, const struct lesson *lesson, long permutation);

/* ---- story.c: lab play without a screen ---- */
struct story *story_start(struct lab *lab, struct err *err); /* of lab->run; the session that browses is connected */
void story_stop(struct story *story);
void story_free(struct story *story);

/* ---- judging.c: lab run, held against what the lesson says ---- */
struct judging *judging_start(struct lab *lab); /* of lab->run; the session that browses is connected */
void judging_stop(struct judging *judging);
void judging_free(struct judging *judging);

#endif
