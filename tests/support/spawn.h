/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What proc and term share: a changed environment, deadlines, an exit status. */
#ifndef SUPPORT_SPAWN_H
#define SUPPORT_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How long a condition may take. Generous: sanitizers and busy machines are slow, and who waits for a condition that
 * comes true does not wait for the limit. */
enum { SPAWN_LIMIT_MS = 20000 };

struct deadline {
	uint64_t at_us;
};
struct deadline deadline_in(int ms);
int deadline_left(struct deadline deadline); /* milliseconds, 0 when it is over */

/* In the child: applies the changes, then runs argv; never returns. */
_Noreturn void spawn_exec(const char *const argv[], const char *const env[]);

/* True when the child has ended; *status is then its exit status, or 128 + the signal that ended it. */
bool spawn_ended(pid_t pid, int *status);

/* Waits for the end without a limit, after a kill. */
void spawn_reap(pid_t pid);

#endif
