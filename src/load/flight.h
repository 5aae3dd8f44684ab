/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers of one round trip each, many of them under way on one connection, each retried by itself. */
#ifndef LOAD_FLIGHT_H
#define LOAD_FLIGHT_H

struct slot;
struct worker;

/* The worker's name and slots are there. Those that something is drawn for are started; the end of each comes by
 * worker_ended(). */
void flight_open(struct worker *worker);
void flight_close(struct worker *worker);
void flight_start(struct slot *slot);
void flight_go(struct worker *worker);     /* its connection is there: those that wait for it are sent */
void flight_expire(struct worker *worker); /* it could not be made: those that have waited too long are given up */
void flight_cancel(struct worker *worker);

#endif
