/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a lesson as text: its statement, its outcome and the sign for it; pure. */
#ifndef UI_LAB_STEP_H
#define UI_LAB_STEP_H

#include "base/buf.h"
#include "lab/player.h"
#include "ui/style.h"

/* The statement on one line, harmless, within `columns`: its first word, then as much of its end as there is room for,
 * which is what tells statements apart. */
void lab_step_sql_short(struct buf *out, const char *sql, int columns);

/* The outcome, as in "UPDATE 1", "-> 1000", "x 40001", "waits for A"; nothing while it is to come. */
void lab_step_outcome(struct buf *out, const struct spec *spec, const struct stage_record *record);

/* '*' a commit, '<' rolled back, 'x' an error, '~' it waits or has waited, '.' it runs, ' ' else. */
char lab_step_sign(const struct stage_record *record);
enum style lab_step_style(const struct stage_record *record);

/* All that is known of it, line by line. */
void lab_step_detail(struct buf *out, const struct spec *spec, const struct stage_record *record);

/* The sessions that wait for this one: "B waits", "B and C wait"; nothing where none does. */
void lab_step_waiters(struct buf *out, const struct spec *spec, const struct stage *stage, size_t session);

/* What else the head of a lane is made of; each may be NULL. All harmless. */
struct lab_step_around {
	const struct stage_record *last; /* the last step of the session that is done */
	const char *holder;              /* whom it waits for, as the server has it: a stranger has no name here */
	const char *waiters;             /* lab_step_waiters() */
	bool left_open;                  /* its last step left it in a transaction */
};

/* The state of a session in words: "in a transaction", "RETRY WANTED 40001", "WAITS for A; C waits", "B waits for it". */
enum style lab_step_lane(struct buf *out, const struct spec *spec, const struct stage_lane *lane,
			 const struct lab_step_around *around);

#endif
