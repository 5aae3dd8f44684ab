/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of choices, written once: its enum, its words and what a user is told of them are all made from it. */
#ifndef BASE_CHOICE_H
#define BASE_CHOICE_H

/*
 * #define FRUITS(X, SEP, LAST) X(FRUIT_APPLE, "apple") SEP X(FRUIT_FIG, "fig") LAST X(FRUIT_PLUM, "plum")
 * enum fruit { FRUITS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };
 * FRUITS(CHOICE_WORD, "|", "|")       "apple|fig|plum"
 * FRUITS(CHOICE_WORD, ", ", " or ")   "apple, fig or plum"
 */
#define CHOICE_CONSTANT(constant, ...) constant
#define CHOICE_WORD(constant, word, ...) word
#define CHOICE_NAMED(constant, word, ...) [constant] = word
#define CHOICE_COMMA ,

#endif
