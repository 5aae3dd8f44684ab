/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends the program by a signal that asked for its end, where the loop stands still and does not hear of it. */
#ifndef BASE_STANDSTILL_H
#define BASE_STANDSTILL_H

/*
 * A library may work without an end inside one call (libpq computes as many rounds of SCRAM as the server wants). From
 * here on the loop has some seconds after each of these signals to hear it: standstill_heard(). Else the terminal is
 * given back as where memory ends, and the signal does what it does to a program that does not wait for it.
 * The handler that the signal has is called, too.
 */
void standstill_watch(int signum);
void standstill_heard(int signum);

#endif
