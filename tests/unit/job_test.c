/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the list of jobs: what may begin beside what, who is stopped first, who is waited for, and that each is
 * freed once. */
#include "app/job.h"

#include <string.h>

#include "app/app.h"
#include "cli/settings.h"
#include "tests/support/check.h"
#include "verb/verb.h"

/* A job that does what a test wants of it. */
struct mock {
	struct job job;
	bool stops, ends, awaited; /* what stop() says; whether it ends by that at once; whether it is waited for */
	unsigned asked, freed;
	enum job_stop how;
};

static struct app *app;

static bool stop(struct job *job, enum job_stop how)
{
	struct mock *mock = (struct mock *)job;
	mock->asked++;
	mock->how = how;
	if (mock->ends)
		job_end(job);
	return mock->stops;
}

static bool awaited(const struct job *job)
{
	return ((const struct mock *)job)->awaited;
}

static bool last_words(const struct job *job, struct err *err)
{
	if (awaited(job))
		err_set(err, ST_STATEMENT, "%s did not end", job->name);
	return awaited(job);
}

static void forget(struct job *job)
{
	((struct mock *)job)->freed++;
}

static const struct job_ops mock_ops = {
	.stop = stop, .awaited = awaited, .last_words = last_words, .free = forget, .talk = TALK_WAITS};
static const struct job_ops silent_ops = {.free = forget, .talk = TALK_ALL};

static int open_app(void **state)
{
	(void)state;
	struct settings settings = {0};
	struct err err;
	char *argv[] = {"teller"};
	assert_int_equal(settings_parse(&settings, 1, argv, &err), ST_OK);
	app = app_new(&settings);
	app->phase = PHASE_FAILED; /* nothing here may connect */
	return 0;
}

static int close_app(void **state)
{
	(void)state;
	app_free(app);
	return 0;
}

static void begin(struct mock *mock, const struct job_ops *ops, const char *name, unsigned uses)
{
	mock->job = (struct job){.ops = ops, .name = name, .uses = uses};
	job_begin(app, &mock->job);
}

static void what_uses_the_same_must_wait(void **state)
{
	(void)state;
	struct mock lesson = {0}, played = {0};
	struct err err;
	assert_true(job_may(app, USES_LESSON | USES_STAGE, &err));
	begin(&lesson, &mock_ops, "a lesson", USES_LESSON | USES_RIVAL);
	assert_true(job_may(app, USES_STAGE, &err));
	assert_false(job_may(app, USES_STAGE | USES_RIVAL, &err));
	assert_string_equal(err.text, "a lesson is running; wait for it, or `cancel` it");
	assert_int_equal(err.status, ST_USAGE);
	begin(&played, &silent_ops, "another", USES_STAGE);
	assert_int_equal(job_talk(app), TALK_WAITS | TALK_ALL);
	lesson.job.uses = 0; /* it has given them back */
	assert_true(job_may(app, USES_LESSON | USES_RIVAL, &err));
	assert_false(job_uses(app, USES_LESSON));
	assert_true(job_uses(app, USES_LESSON | USES_STAGE));
	job_end(&played.job);
	job_end(&lesson.job);
	assert_true(job_may(app, USES_LESSON | USES_STAGE, &err));
	assert_int_equal(lesson.freed + played.freed, 2);
}

/* No job has it, and yet nothing can be sent. */
static void a_session_that_is_not_there(void **state)
{
	(void)state;
	struct err err;
	assert_false(job_may(app, USES_WORK, &err));
	assert_string_equal(err.text, "the session for transfers is busy; try again in a moment");
	assert_false(job_may(app, USES_BROWSE, &err));
	assert_true(job_may(app, 0, &err));
}

static void the_newest_that_can_be_is_stopped(void **state)
{
	(void)state;
	struct mock first = {.stops = true}, second = {.stops = true, .ends = true}, third = {0}, fourth = {0};
	begin(&first, &mock_ops, "first", 0);
	begin(&second, &mock_ops, "second", 0);
	begin(&third, &mock_ops, "third", 0);
	begin(&fourth, &silent_ops, "fourth", 0);
	assert_true(jobs_stop(app, STOP_INTERRUPT));
	assert_int_equal(third.asked, 1);
	assert_int_equal(second.freed, 1);
	assert_int_equal(first.asked, 0);
	assert_true(jobs_stop(app, STOP_CANCEL));
	assert_int_equal(first.how, STOP_CANCEL);
	first.stops = false;
	assert_false(jobs_stop(app, STOP_CANCEL));
	jobs_free(app);
}

static void all_are_asked_who_leaves(void **state)
{
	(void)state;
	struct mock jobs[4] = {{.ends = true}, {.awaited = true}, {.ends = true}, {.stops = true}};
	struct err err = {0};
	for (size_t i = 0; i < 4; i++)
		begin(&jobs[i], &mock_ops, "a job", 0);
	jobs_leave(app);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(jobs[i].asked, 1);
	assert_int_equal(jobs[1].how, STOP_LEAVE);
	assert_true(jobs_awaited(app));
	assert_true(jobs_last_words(app, &err));
	assert_string_equal(err.text, "a job did not end");
	jobs[1].awaited = false;
	assert_false(jobs_awaited(app) || jobs_last_words(app, &err));
	jobs_free(app);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(jobs[i].freed, 1);
}

/* Who comes from inside what has ended frees it later. */
static void what_is_over_is_only_kept(void **state)
{
	(void)state;
	struct mock job = {.stops = true, .awaited = true};
	struct err err;
	begin(&job, &mock_ops, "a lesson", USES_LESSON);
	assert_ptr_equal(job_find(app, &mock_ops), &job.job);
	job_over(&job.job);
	assert_null(job_find(app, &mock_ops));
	assert_true(job_may(app, USES_LESSON, &err));
	assert_false(jobs_awaited(app) || jobs_stop(app, STOP_CANCEL) || job_talk(app));
	jobs_leave(app);
	assert_int_equal(job.asked + job.freed, 0);
	job_sweep(app, &silent_ops);
	assert_int_equal(job.freed, 0);
	job_sweep(app, &mock_ops);
	assert_int_equal(job.freed, 1);
}

int main(void)
{
	command_use(verb_table, verb_table_n);
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_uses_the_same_must_wait, open_app, close_app),
		cmocka_unit_test_setup_teardown(a_session_that_is_not_there, open_app, close_app),
		cmocka_unit_test_setup_teardown(the_newest_that_can_be_is_stopped, open_app, close_app),
		cmocka_unit_test_setup_teardown(all_are_asked_who_leaves, open_app, close_app),
		cmocka_unit_test_setup_teardown(what_is_over_is_only_kept, open_app, close_app),
	};
	return cmocka_run_group_tests_name("unit/job", tests, NULL, NULL);
}
