/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one event loop, on libuv. Handles are freed by libuv's close callback, so freeing one inside its own callback is
 * fine. */
#include "base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"
#include "standstill.h"

enum { ASIDE_MS = 200, LOOP_DESCRIPTORS = 6 };

struct loop {
	uv_loop_t uv;
	bool stopped;
	unsigned aside; /* work on other threads that is not done */
};

struct watch {
	uv_poll_t uv;
	watch_fn *fn;
	void *arg;
	int events;
};

struct timer {
	uv_timer_t uv;
	timer_fn *fn;
	void *arg;
};

struct signal_watch {
	uv_signal_t uv;
	signal_fn *fn;
	void *arg;
};

struct turn {
	uv_prepare_t uv;
	turn_fn *fn;
	void *arg;
};

/* A failure to set up a handle means that the system is out of descriptors or memory: nothing here can go on. It is no
 * fault of the program, so no abort(); and exit() restores the terminal. */
static void loop_must(int rc, const char *what)
{
	if (rc >= 0)
		return;
	const char *advice = rc == UV_EMFILE ? "; allow more of them: ulimit -n" : "";
	fprintf(stderr, "teller: the event loop cannot %s: %s%s\n", what, uv_strerror(rc), advice);
	exit(1);
}

static void loop_close_free(uv_handle_t *handle)
{
	free(handle->data);
}

static void loop_handle_close(uv_handle_t *handle, void *owner)
{
	handle->data = owner;
	uv_close(handle, loop_close_free);
}

/* Where libuv cannot have the descriptors that it begins with, it ends the program by abort(). */
static int loop_room(void)
{
	int fds[LOOP_DESCRIPTORS], n = 0;
	while (n < LOOP_DESCRIPTORS && (fds[n] = dup(STDERR_FILENO)) >= 0)
		n++;
	int error = n < LOOP_DESCRIPTORS ? uv_translate_sys_error(errno) : 0;
	while (n > 0)
		close(fds[--n]);
	return error;
}

struct loop *loop_new(void)
{
	struct loop *loop = NEW(struct loop);
	loop_must(loop_room(), "start");
	loop_must(uv_loop_init(&loop->uv), "start");
	loop->uv.data = loop;
	return loop;
}

static void loop_nothing(void *arg)
{
	(void)arg;
}

/* Work aside gets a moment to end by itself. */
static void loop_wait_aside(struct loop *loop)
{
	struct timer *moment = timer_new(loop, loop_nothing, NULL);
	timer_start(moment, ASIDE_MS);
	while (loop->aside > 0 && timer_pending(moment))
		uv_run(&loop->uv, UV_RUN_ONCE);
	timer_free(moment);
}

bool loop_free(struct loop *loop)
{
	if (!loop)
		return true;
	if (loop->aside > 0)
		loop_wait_aside(loop);
	if (loop->aside > 0)
		return false;              /* its thread still writes into it */
	uv_run(&loop->uv, UV_RUN_DEFAULT); /* lets the close callbacks free what was closed */
	uv_loop_close(&loop->uv);
	free(loop);
	return true;
}

void loop_run(struct loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped && uv_loop_alive(&loop->uv))
		uv_run(&loop->uv, UV_RUN_ONCE);
}

struct until {
	struct loop *loop;
	const bool *done;
};

/* Timers come before the wait for descriptors: what they did must not be waited for. */
static void loop_on_turn_until(void *arg)
{
	struct until *until = arg;
	if (*until->done)
		uv_stop(&until->loop->uv);
}

void loop_run_until(struct loop *loop, const bool *done)
{
	struct turn *turn = turn_new(loop, loop_on_turn_until, &(struct until){loop, done});
	while (!*done && uv_loop_alive(&loop->uv))
		uv_run(&loop->uv, UV_RUN_ONCE);
	turn_free(turn);
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
	uv_stop(&loop->uv);
}

/* ---- descriptors ---- */

static void loop_on_poll(uv_poll_t *uv, int status, int events)
{
	struct watch *watch = (struct watch *)uv;
	int seen = (events & UV_READABLE ? WATCH_READ : 0) | (events & UV_WRITABLE ? WATCH_WRITE : 0);
	if (status < 0) {
		seen = WATCH_READ | WATCH_WRITE;
		watch->events = 0; /* libuv has stopped watching */
	}
	watch->fn(watch->arg, seen);
}

struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *arg)
{
	struct watch *watch = NEW(struct watch);
	watch->fn = fn;
	watch->arg = arg;
	loop_must(uv_poll_init(&loop->uv, &watch->uv, fd), "watch a descriptor");
	return watch;
}

struct watch *watch_new_shared(struct loop *loop, int fd, watch_fn *fn, void *arg)
{
	int flags = fcntl(fd, F_GETFL);
	struct watch *watch = watch_new(loop, fd, fn, arg);
	if (flags >= 0)
		fcntl(fd, F_SETFL, flags);
	return watch;
}

void watch_set(struct watch *watch, int events)
{
	if (events == watch->events)
		return; /* libuv would ask the kernel again */
	watch->events = events;
	int uv = (events & WATCH_READ ? UV_READABLE : 0) | (events & WATCH_WRITE ? UV_WRITABLE : 0);
	if (uv)
		loop_must(uv_poll_start(&watch->uv, uv, loop_on_poll), "watch a descriptor");
	else
		uv_poll_stop(&watch->uv);
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	uv_poll_stop(&watch->uv);
	loop_handle_close((uv_handle_t *)&watch->uv, watch);
}

/* ---- timers ---- */

static void loop_on_timer(uv_timer_t *uv)
{
	struct timer *timer = (struct timer *)uv;
	timer->fn(timer->arg);
}

struct timer *timer_new(struct loop *loop, timer_fn *fn, void *arg)
{
	struct timer *timer = NEW(struct timer);
	timer->fn = fn;
	timer->arg = arg;
	loop_must(uv_timer_init(&loop->uv, &timer->uv), "make a timer");
	return timer;
}

void timer_start(struct timer *timer, uint64_t ms)
{
	uv_update_time(timer->uv.loop);
	uv_timer_start(&timer->uv, loop_on_timer, ms, 0);
}

void timer_stop(struct timer *timer)
{
	uv_timer_stop(&timer->uv);
}

bool timer_pending(const struct timer *timer)
{
	return uv_is_active((const uv_handle_t *)&timer->uv) != 0;
}

void timer_free(struct timer *timer)
{
	if (!timer)
		return;
	uv_timer_stop(&timer->uv);
	loop_handle_close((uv_handle_t *)&timer->uv, timer);
}

/* ---- signals ---- */

static void loop_on_signal(uv_signal_t *uv, int signum)
{
	struct signal_watch *signal = (struct signal_watch *)uv;
	standstill_heard(signum);
	signal->fn(signal->arg, signum);
}

struct signal_watch *signal_new(struct loop *loop, int signum, signal_fn *fn, void *arg)
{
	struct signal_watch *signal = NEW(struct signal_watch);
	signal->fn = fn;
	signal->arg = arg;
	loop_must(uv_signal_init(&loop->uv, &signal->uv), "watch a signal");
	loop_must(uv_signal_start(&signal->uv, loop_on_signal, signum), "watch a signal");
	uv_unref((uv_handle_t *)&signal->uv); /* a signal that may come is no reason to keep running */
	return signal;
}

void signal_insist(const struct signal_watch *signal)
{
	standstill_watch(signal->uv.signum);
}

void signal_free(struct signal_watch *signal)
{
	if (!signal)
		return;
	standstill_heard(signal->uv.signum);
	loop_handle_close((uv_handle_t *)&signal->uv, signal);
}

/* ---- the end of a turn ---- */

static void loop_on_prepare(uv_prepare_t *uv)
{
	struct turn *turn = (struct turn *)uv;
	turn->fn(turn->arg);
}

struct turn *turn_new(struct loop *loop, turn_fn *fn, void *arg)
{
	struct turn *turn = NEW(struct turn);
	turn->fn = fn;
	turn->arg = arg;
	loop_must(uv_prepare_init(&loop->uv, &turn->uv), "prepare a turn");
	loop_must(uv_prepare_start(&turn->uv, loop_on_prepare), "prepare a turn");
	uv_unref((uv_handle_t *)&turn->uv);
	return turn;
}

void turn_free(struct turn *turn)
{
	if (!turn)
		return;
	loop_handle_close((uv_handle_t *)&turn->uv, turn);
}

/* ---- work aside, and soon ---- */

struct work {
	uv_work_t uv;
	struct loop *loop;
	work_fn *work;
	work_fn *done;
	void *arg;
};

static void loop_on_work(uv_work_t *uv)
{
	struct work *work = (struct work *)uv;
	work->work(work->arg);
}

static void loop_on_work_done(uv_work_t *uv, int status)
{
	(void)status;
	struct work *work = (struct work *)uv;
	work->loop->aside--;
	work->done(work->arg);
	free(work);
}

void loop_work(struct loop *loop, work_fn *fn, work_fn *done, void *arg)
{
	struct work *work = NEW(struct work);
	work->work = fn;
	work->done = done;
	work->arg = arg;
	work->loop = loop;
	loop->aside++;
	sigset_t all, before; /* a thread has the mask of its maker: signals are for the thread with the screen */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	loop_must(uv_queue_work(&loop->uv, &work->uv, loop_on_work, loop_on_work_done), "start work aside");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct soon {
	uv_timer_t uv;
	work_fn *fn;
	void *arg;
};

static void loop_on_deferred(uv_timer_t *uv)
{
	struct soon *soon = (struct soon *)uv;
	work_fn *fn = soon->fn;
	void *arg = soon->arg;
	loop_handle_close((uv_handle_t *)uv, soon);
	fn(arg);
}

void loop_soon(struct loop *loop, work_fn *fn, void *arg)
{
	struct soon *soon = NEW(struct soon);
	soon->fn = fn;
	soon->arg = arg;
	loop_must(uv_timer_init(&loop->uv, &soon->uv), "make a timer");
	loop_must(uv_timer_start(&soon->uv, loop_on_deferred, 0, 0), "make a timer");
}

const char *loop_library(void)
{
	return uv_version_string();
}
