/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements as SQLAlchemy's echo writes them: "2020-10-11 16:49:48,096 INFO sqlalchemy.engine.base.Engine COMMIT". */
#ifndef EVENT_ECHO_H
#define EVENT_ECHO_H

#include "base/buf.h"
#include "event/event.h"

/*
 * A statement is written when it is sent: its text with $n as %(name)s, then a line with its parameters; BEGIN as
 * "BEGIN (implicit)". Names are SQLAlchemy's: of the column that is set or inserted, with a number behind it where it
 * is compared or calculated with. One INSERT sent many times over is one statement with many parameter sets, of which
 * 10 are shown; so an INSERT is held back until something else is sent. Other events are passed over.
 */
struct echo;
struct echo *echo_new(void);
void echo_free(struct echo *echo);
void echo_event(struct echo *echo, struct buf *out, const struct event *event); /* appends lines, harmless */
void echo_flush(struct echo *echo, struct buf *out);                            /* what is held back, if anything */

#endif
