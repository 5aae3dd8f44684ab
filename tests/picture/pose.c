/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays what the picture of the README shows: source, destination, the rival, the transfer; then the rival puts its
 * unit back. */
#include "tests/picture/pose.h"

#include "tests/support/proc.h"

struct term *picture_play(void **state)
{
	const char *const argv[] = {proc_teller(), "demo", "--seed", "7", NULL};
	struct term *term = term_start(argv, NULL, PICTURE_ROWS, PICTURE_COLS);
	*state = term;
	term_expect(term, "100 accounts");
	term_expect(term, "Txn: none");
	term_expect(term, "1 attempt"); /* the bank is filled, */
	term_settle(term);              /* and ready */
	term_type(term, "<Down>s<Down>dI");
	term_expect(term, "the rival is armed");
	term_type(term, "<Enter>");
	term_expect(term, ":transfer ");
	term_settle(term); /* the box passes over what was typed before it could be read */
	term_type(term, "y");
	term_expect(term, "durable from here");
	term_expect(term, "back from");
	term_type(term, "<Up><Down>"); /* the keys come back where the message was */
	term_settle(term);
	return term;
}
