/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the measures share: contestants that take turns, teller's engine and pgbench as two kinds of them. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdint.h>

#include "txn/txn.h"

enum { ROUNDS_MAX = 16, BENCH_ACCOUNTS = 5000 };

/* One number a round. */
struct series {
	double values[ROUNDS_MAX];
	unsigned n;
};
void series_add(struct series *series, double value);
double series_median(const struct series *series);
double series_ratio(const struct series *a, const struct series *b); /* median of what each round says of both */

/* The machine is noisy: who is compared takes turns, A B A B, and each round is its own comparison. */
struct contestant {
	const char *name;
	double (*run)(struct contestant *self); /* one round; what it measures is the measure's own affair */
	enum txn_wire wire;                     /* of teller */
	const char *table;
	const char *script; /* of pgbench */
	unsigned transfers; /* in a round */
	double limit;       /* 0 for none */
	struct client *client;
	struct series series;
	struct series cpu_us; /* of the client, a transfer */
};
void contest(struct contestant *contestants, size_t n, unsigned rounds);

/* ---- clients ---- */

/* teller's engine on one connection, every event recorded in a ring. `host` is a socket directory. */
struct client;
struct client *client_open(const char *host, const char *table, enum txn_wire wire);
void client_close(struct client *client);
double client_rate(struct client *client, unsigned n);       /* transfers a second, n of them */
double client_latency_ms(struct client *client, unsigned n); /* of the one in the middle of n */
double client_round_trips(const struct client *client);      /* a transfer, as the engine counts them */
bool client_has_oneshot(void);                               /* the transfer can be made in one round trip */

/* pgbench on one connection, prepared, with the script of that name beside the program's sources. */
double pgbench_rate(const char *host, const char *script, unsigned n);
double pgbench_latency_ms(const char *host, const char *script, unsigned n);

/* Processor time used so far by this process, or by the children that it has waited for, in microseconds. */
double cpu_self_us(void);
double cpu_children_us(void);

double median_of(double *values, unsigned n); /* sorts them */
const char *bench_program(const char *name);  /* a program of PostgreSQL's; static */
const char *bench_env(const char *name);      /* set by tests/bench/run */

/* ---- measures: each prints its part ---- */

void measure_trips(void);
void measure_rate(void);
void measure_load(void);
void measure_keys(void);
void measure_start(void);
void measure_moves(void);
void measure_create(void);
void measure_browse(void);
void measure_trace(void);

#endif
