/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of commands and options, written as completion scripts of shells and as the man page. */
#ifndef CLI_SHELLS_H
#define CLI_SHELLS_H

#include "base/buf.h"

/* bash.c, zsh.c, fish.c: a script to be read by that shell */
void shells_bash(struct buf *out);
void shells_zsh(struct buf *out);
void shells_fish(struct buf *out);

/* manual.c: what stands between the marks of assets/teller.1 */
void shells_man(struct buf *out);

/* shells.c */

/* "demo", which is no command, and what may stand on the command line, one after another; NULL at the end. */
const char *shells_verb(size_t i, const char **help);

/* "a|b|c" with another byte between its words; words in capitals, which stand for something else, are left out. */
void shells_choices(struct buf *out, const char *choices, char between);

/* "FILE" and "DIR" are names of files. */
enum shells_value { VALUE_NONE, VALUE_ANY, VALUE_FILE };
enum shells_value shells_value(const char *value);

/* The words that may stand for an argument. VALUE_FILE: a file's name may, too. */
struct command_arg;
enum shells_value shells_argument(struct buf *out, const struct command_arg *arg, char between);

/* In single quotes, as all three shells read them; without backslashes, which they read differently. */
void shells_quote(struct buf *out, const char *text);

#endif
