/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user has learned so far: which of the lessons that are built in were played, and what was answered right. */
#ifndef APP_LEARNED_H
#define APP_LEARNED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * It is kept in $XDG_STATE_HOME/teller/lessons, a line for each order of a lesson that was played to its end: the
 * lesson, the order from 1, the questions answered right, and those asked, of the best time; none asked is written where
 * none was answered. Lines that say something else are passed over.
 */
struct learned;
struct learned *learned_read(void); /* owned; empty where there is no such file */
void learned_free(struct learned *learned);

struct learned_sum {
	unsigned orders, right, asked; /* of the orders that were played */
};
/* Of a lesson that has so many orders now: it may have had others when they were played. */
struct learned_sum learned_of(const struct learned *learned, const char *lesson, size_t orders);

struct app;
/* As it is now; borrowed until a lesson is played again. */
const struct learned *app_learned(struct app *app);

/* Notes that an order was played to its end. False where it cannot be kept. */
bool learned_note(const char *lesson, size_t order, size_t right, size_t asked);

#endif
