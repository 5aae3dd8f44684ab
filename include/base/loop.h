/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one event loop: sockets, timers, signals, blocking work done aside, and the end of each turn. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct watch;
struct timer;
struct signal_watch;
struct turn;

/* Everything made on a loop is freed before the loop; every *_free takes NULL and may be called from any callback. */
struct loop *loop_new(void);
/* False where work on another thread is stuck: the memory stays, and the process must end by _exit(), because exit()
 * waits for it. */
bool loop_free(struct loop *loop);
void loop_run(struct loop *loop);  /* until loop_stop(); may be called again */
void loop_stop(struct loop *loop); /* takes effect at the end of this turn */
/* Runs callbacks until *done is true, or nothing is left that could make it so. */
void loop_run_until(struct loop *loop, const bool *done);

const char *loop_library(void); /* libuv's version, static */

/* A file descriptor. `events` is WATCH_READ | WATCH_WRITE; an error or hang-up is reported as both that were asked
 * for. */
enum { WATCH_READ = 1, WATCH_WRITE = 2 };
typedef void watch_fn(void *arg, int events);
struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *arg);
/* The same without O_NONBLOCK, which all have who share the terminal or the pipe with us: the shell, too. */
struct watch *watch_new_shared(struct loop *loop, int fd, watch_fn *fn, void *arg);
void watch_set(struct watch *watch, int events); /* 0 stops watching */
void watch_free(struct watch *watch);            /* before the descriptor is closed */

typedef void timer_fn(void *arg);
struct timer *timer_new(struct loop *loop, timer_fn *fn, void *arg);
void timer_start(struct timer *timer, uint64_t ms); /* once, from now; replaces an earlier start */
void timer_stop(struct timer *timer);
bool timer_pending(const struct timer *timer);
void timer_free(struct timer *timer);

typedef void signal_fn(void *arg, int signum);
struct signal_watch *signal_new(struct loop *loop, int signum, signal_fn *fn, void *arg);
/* It asks for the end: where the loop does not turn for some seconds after it, the program ends by it there and then. */
void signal_insist(const struct signal_watch *signal);
void signal_free(struct signal_watch *signal);

/* Called once after the callbacks of each turn, before the loop sleeps: where readers catch up with the events and the
 * screen is drawn. */
typedef void turn_fn(void *arg);
struct turn *turn_new(struct loop *loop, turn_fn *fn, void *arg);
void turn_free(struct turn *turn);

/* Runs work(arg) on another thread, then done(arg) on the loop. `work` touches nothing but arg. */
typedef void work_fn(void *arg);
void loop_work(struct loop *loop, work_fn *work, work_fn *done, void *arg);

/* Calls fn(arg) on the loop, soon, but not from inside this call. */
void loop_soon(struct loop *loop, work_fn *fn, void *arg);

#endif
