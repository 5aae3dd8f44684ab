/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the ground floor: status and sentence, memory, buffers, random numbers, clock, loop. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/support/check.h"

/* ---- arena ---- */

/* Pieces stay where they are, whatever is taken behind them, until all are given back. */
static void pieces_of_an_arena_never_move(void **state)
{
	(void)state;
	struct arena arena = {0};
	char *pieces[200], large[5000];
	memset(large, 'x', sizeof large);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < 200; i++) {
			pieces[i] = arena_dup_n(&arena, large, i % 50 == 49 ? sizeof large : i);
			*(void **)arena_take(&arena, sizeof(void *)) = pieces[i]; /* it is aligned */
		}
		for (size_t i = 0; i < 200; i++)
			assert_int_equal(strlen(pieces[i]), i % 50 == 49 ? sizeof large : i);
		assert_string_equal(arena_dup(&arena, "104"), "104");
		arena_clear(&arena);
	}
	arena_free(&arena);
	assert_null(arena.block);
}

/* ---- err ---- */

static void an_error_holds_its_sentence(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(err_set(&err, ST_REJECTED, "account %d has nothing to move", 7), ST_REJECTED);
	assert_int_equal(err.status, ST_REJECTED);
	assert_string_equal(err.text, "account 7 has nothing to move");
	err_clear(&err);
	assert_int_equal(err.status, ST_OK);
	assert_string_equal(err.text, "");
	assert_int_equal(err_set(NULL, ST_OWN, "nobody listens"), ST_OWN);
}

static void a_long_sentence_is_cut(void **state)
{
	(void)state;
	struct err err;
	char *text = mem_array(5000, 1);
	memset(text, 'x', 4999);
	err_set(&err, ST_OWN, "%s", text);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	free(text);
}

static void each_status_has_its_exit(void **state)
{
	(void)state;
	static const struct {
		enum status status;
		int exit;
	} cases[] = {
		{ST_OK, 0},      {ST_USAGE, 1},     {ST_OWN, 1},         {ST_CONNECT, 2},
		{ST_LOST, 2},    {ST_STATEMENT, 3}, {ST_REJECTED, 3},    {ST_GAVE_UP, 4},
		{ST_UNKNOWN, 5}, {ST_CHECK, 6},     {ST_CANCELLED, 130},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(status_exit(cases[i].status), cases[i].exit);
}

/* ---- mem ---- */

static void memory_is_zeroed_and_copied(void **state)
{
	(void)state;
	int *numbers = mem_array(100, sizeof *numbers);
	for (int i = 0; i < 100; i++)
		assert_int_equal(numbers[i], 0);
	numbers = mem_resize(numbers, 1000, sizeof *numbers);
	numbers[999] = 1;
	free(numbers);
	char *copy = mem_dup_n("abcdef", 3);
	assert_string_equal(copy, "abc");
	free(copy);
	assert_null(mem_dup(NULL));
	free(mem_array(0, 0)); /* not NULL, whatever the size */
}

static void say_goodbye(void)
{
	static const char text[] = "restored ";
	assert_true(write(STDERR_FILENO, text, sizeof text - 1) > 0);
}

/* Too much memory ends the program with a word, after the terminal was given back. */
static void no_memory_is_the_end(void **state)
{
	(void)state;
	int ends[2];
	char said[100] = "";
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		mem_on_death(say_goodbye);
		mem_resize(NULL, SIZE_MAX / 2, 4);
		_exit(0);
	}
	close(ends[1]);
	int status;
	waitpid(pid, &status, 0);
	assert_true(read(ends[0], said, sizeof said - 1) > 0);
	close(ends[0]);
	assert_string_equal(said, "restored teller: out of memory\n");
	assert_int_equal(WEXITSTATUS(status), 1);
}

/* ---- buf ---- */

static void a_buffer_grows(void **state)
{
	(void)state;
	struct buf b = {0};
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_fmt(&b, "%d,", i);
	assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
	assert_int_equal(strlen(b.p), b.len);
	assert_memory_equal(b.p + b.len - 8, "998,999,", 8);
	buf_clear(&b);
	buf_str(&b, "ab");
	buf_char(&b, 'c');
	buf_fill(&b, '.', 3);
	buf_add(&b, "\0d", 2);
	assert_memory_equal(b.p, "abc...\0d", 9);
	buf_free(&b);
	assert_null(b.p);
}

static void a_buffer_can_be_taken(void **state)
{
	(void)state;
	struct buf b = {0};
	char *empty = buf_take(&b);
	assert_string_equal(empty, "");
	free(empty);
	buf_str(&b, "mine");
	char *mine = buf_take(&b);
	assert_string_equal(mine, "mine");
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_text(&b), "");
	free(mine);
}

/* ---- rng ---- */

static void a_seed_repeats_itself(void **state)
{
	(void)state;
	struct rng a, b, c;
	rng_seed(&a, 42);
	rng_seed(&b, 42);
	rng_seed(&c, 43);
	int same = 0;
	for (int i = 0; i < 100; i++) {
		uint64_t x = rng_next(&a);
		assert_true(x == rng_next(&b));
		same += x == rng_next(&c);
	}
	assert_int_equal(same, 0);
}

static void below_is_below_and_even(void **state)
{
	(void)state;
	struct rng rng;
	rng_seed(&rng, 1);
	int seen[7] = {0};
	for (int i = 0; i < 70000; i++)
		seen[rng_below(&rng, 7)]++;
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 9500, 10500);
	assert_int_equal(rng_below(&rng, 1), 0);
	assert_true(rng_entropy() != rng_entropy());
}

/* ---- clock ---- */

static void clocks_go_forward(void **state)
{
	(void)state;
	uint64_t before = clock_us();
	assert_true(clock_us() >= before);
	assert_true(clock_wall_us() > 1600000000000000u);
	char text[16];
	setenv("TZ", "UTC", 1);
	clock_show(text, 1600000000123456u);
	assert_string_equal(text, "12:26:40.123");
}

/* ---- loop ---- */

struct scene {
	struct loop *loop;
	struct timer *timer;
	struct watch *watch;
	struct signal_watch *signal;
	int fd;
	char order[32];
	int turns;
};

static void note(struct scene *scene, char what)
{
	size_t n = strlen(scene->order);
	if (n + 1 < sizeof scene->order)
		scene->order[n] = what;
}

static void on_timer(void *arg)
{
	struct scene *scene = arg;
	note(scene, 't');
	timer_free(scene->timer); /* inside its own callback */
	scene->timer = NULL;
	loop_stop(scene->loop);
}

static void timers_fire_once_and_can_be_moved(void **state)
{
	(void)state;
	struct scene scene = {.loop = loop_new()};
	scene.timer = timer_new(scene.loop, on_timer, &scene);
	assert_false(timer_pending(scene.timer));
	timer_start(scene.timer, 100000);
	timer_start(scene.timer, 5); /* replaces it */
	assert_true(timer_pending(scene.timer));
	uint64_t start = clock_us();
	loop_run(scene.loop);
	assert_true(clock_us() - start >= 4000);
	assert_string_equal(scene.order, "t");
	loop_free(scene.loop);
}

static void on_readable(void *arg, int events)
{
	struct scene *scene = arg;
	char byte;
	assert_true(events & WATCH_READ);
	assert_int_equal(read(scene->fd, &byte, 1), 1);
	note(scene, byte);
	if (byte == 'z')
		loop_stop(scene->loop);
}

static void on_turn(void *arg)
{
	struct scene *scene = arg;
	scene->turns++;
}

static void on_soon(void *arg)
{
	note(arg, 's');
}

static void descriptors_are_watched(void **state)
{
	(void)state;
	struct scene scene = {.loop = loop_new()};
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	scene.fd = ends[0];
	scene.watch = watch_new(scene.loop, ends[0], on_readable, &scene);
	struct turn *turn = turn_new(scene.loop, on_turn, &scene);
	watch_set(scene.watch, WATCH_READ);
	loop_soon(scene.loop, on_soon, &scene);
	assert_string_equal(scene.order, ""); /* soon is not now */
	assert_int_equal(write(ends[1], "az", 2), 2);
	loop_run(scene.loop);
	assert_non_null(strchr(scene.order, 's'));
	assert_non_null(strstr(scene.order, "z"));
	assert_true(scene.turns >= 2);
	watch_free(scene.watch);
	turn_free(turn);
	loop_free(scene.loop);
	close(ends[0]);
	close(ends[1]);
}

static void on_hup(void *arg, int signum)
{
	struct scene *scene = arg;
	note(scene, signum == SIGHUP ? 'h' : '?');
	loop_stop(scene->loop);
}

static void raise_hup(void *arg)
{
	(void)arg;
	raise(SIGHUP);
}

static void signals_come_from_the_loop(void **state)
{
	(void)state;
	struct scene scene = {.loop = loop_new()};
	scene.signal = signal_new(scene.loop, SIGHUP, on_hup, &scene);
	scene.timer = timer_new(scene.loop, on_timer, &scene); /* a signal alone keeps no loop alive */
	timer_start(scene.timer, 60000);
	loop_soon(scene.loop, raise_hup, NULL);
	loop_run(scene.loop);
	assert_string_equal(scene.order, "h");
	signal_free(scene.signal);
	timer_free(scene.timer);
	loop_free(scene.loop);
}

struct job {
	pthread_t worker;
	bool worked, done;
};

static void work_aside(void *arg)
{
	struct job *job = arg;
	job->worker = pthread_self();
	job->worked = true;
}

static void work_done(void *arg)
{
	struct job *job = arg;
	assert_true(job->worked);
	assert_false(pthread_equal(job->worker, pthread_self()));
	job->done = true;
}

static void work_is_done_aside(void **state)
{
	(void)state;
	struct loop *loop = loop_new();
	struct job job = {0};
	loop_work(loop, work_aside, work_done, &job);
	loop_run_until(loop, &job.done);
	assert_true(job.done);
	loop_free(loop);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_an_arena_never_move),
		cmocka_unit_test(an_error_holds_its_sentence),
		cmocka_unit_test(a_long_sentence_is_cut),
		cmocka_unit_test(each_status_has_its_exit),
		cmocka_unit_test(memory_is_zeroed_and_copied),
		cmocka_unit_test(no_memory_is_the_end),
		cmocka_unit_test(a_buffer_grows),
		cmocka_unit_test(a_buffer_can_be_taken),
		cmocka_unit_test(a_seed_repeats_itself),
		cmocka_unit_test(below_is_below_and_even),
		cmocka_unit_test(clocks_go_forward),
		cmocka_unit_test(timers_fire_once_and_can_be_moved),
		cmocka_unit_test(descriptors_are_watched),
		cmocka_unit_test(signals_come_from_the_loop),
		cmocka_unit_test(work_is_done_aside),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
