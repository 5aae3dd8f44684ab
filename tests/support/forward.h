/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test server on a TCP port of loopback, by a process in between, which may close connections that are idle, as
 * proxies do. */
#ifndef SUPPORT_FORWARD_H
#define SUPPORT_FORWARD_H

struct forward_shared {
	volatile int idle_ms;     /* connections without traffic for so long are closed; 0: none */
	volatile int connections; /* that were ever made */
};

struct forward {
	struct forward_shared *shared;
	int pid;
	char port[8];
};

/* Forwards to the server of PGHOST and PGPORT (a Unix socket). `address` is 127.0.0.1 or ::1. Any failure fails the
 * test. */
void forward_start(struct forward *forward, const char *address, int idle_ms);
void forward_stop(struct forward *forward);

#endif
