/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the beginnings of orders that were played, so that what they decide is not played again. */
#ifndef LAB_EXPLORE_KNOWN_H
#define LAB_EXPLORE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A beginning is a word of sessions. The same beginning does the same on the server, so what was found once is known
 * of every order that begins so. `idle` are sessions that can do nothing more: their transaction has failed, and what
 * they still have to send is refused, or ends it. Where those steps stand decides nothing, so they are left out of the
 * words: two orders that are the same without them are the same.
 */
struct known_prefix {
	uint64_t idle;   /* a bit a session */
	bool impossible; /* nothing can go on from here */
	bool taken;
	size_t outcome; /* of the whole order, from 1; 0: not known */
};

struct known;
struct known *known_new(void);
void known_free(struct known *known);
struct known_prefix *known_at(struct known *known, const unsigned char *word,
			      size_t n); /* made where it is not there */

/*
 * The order without the steps that decide nothing: put into `out`, at most n long; returns its length, which ends where
 * it is known to be impossible. `ends` (NULL or [n]) gets how long it is behind each turn.
 */
size_t known_reduce(struct known *known, const unsigned char *word, size_t n, unsigned char *out, size_t *ends);

#endif
