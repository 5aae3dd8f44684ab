/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What players of lessons have left on the test's server: sessions, schemas, locks. */
#ifndef TESTS_LESSON_LEFTOVERS_H
#define TESTS_LESSON_LEFTOVERS_H

#include <stdint.h>

int64_t leftovers_schemas(void); /* how many schemas of players are there */
/* A server ends the sessions of a program that has exited, and lets their locks go, in its own time: this waits for it. */
void leftovers_await_sessions(void);
void leftovers_expect_none(void); /* awaits the sessions; a schema or an advisory lock ends the running test */

#endif
