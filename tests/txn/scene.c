/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An engine, a body that adds one, and another session that acts between its read and its write. */
#include "tests/txn/scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"

void scene_kill(struct scene *scene)
{
	pg_end_backend(db_facts(scene->rig->db)->pid);
}

static bool gate(void *arg, const struct txn_gate *next)
{
	struct scene *scene = arg;
	if (next->body_batch != 1 || (next->attempt > scene->conflicts && scene->at_gate != GATE_HOLD))
		return false;
	switch (scene->at_gate) {
	case GATE_NONE:
		return false;
	case GATE_CONFLICT:
		pg_run(scene->other, "UPDATE txn_test SET v = v + 100 WHERE id = 1");
		return false;
	case GATE_KILL:
		scene_kill(scene);
		return false;
	case GATE_LOCK:
		pg_run(scene->other, "BEGIN");
		pg_run(scene->other, "SELECT 1 FROM txn_test WHERE id = 1 FOR UPDATE");
		return false;
	case GATE_HOLD:
		scene->held = true;
		return true;
	}
	return false;
}

int scene_setup(void **state)
{
	struct scene *scene = NEW(struct scene);
	scene->other = pg_open();
	pg_run(scene->other, "DROP TABLE IF EXISTS txn_test, txn_ledger");
	pg_run(scene->other, "CREATE TABLE txn_test (id int PRIMARY KEY, v int8)");
	pg_run(scene->other, "CREATE TABLE txn_ledger (id int PRIMARY KEY)");
	pg_run(scene->other, "INSERT INTO txn_test VALUES (1, 0)");
	scene->rig = rig_new();
	scene->body.body.ops = &adder_ops;
	strcpy(scene->body.run, "41");
	scene->conflicts = 1;
	txn_set_gate(scene->rig->txn, gate, scene);
	*state = scene;
	return 0;
}

int scene_teardown(void **state)
{
	struct scene *scene = *state;
	rig_free(scene->rig);
	pg_close(scene->other);
	free(scene);
	return 0;
}

void scene_run(struct scene *scene)
{
	rig_start(scene->rig, &scene->body.body, "add one");
	rig_wait(scene->rig);
}

static bool is_held(void *arg)
{
	struct scene *scene = arg;
	return scene->held;
}

void scene_hold(struct scene *scene)
{
	scene->at_gate = GATE_HOLD;
	rig_start(scene->rig, &scene->body.body, "add one");
	rig_until(scene->rig, is_held, scene);
}

long scene_value(void)
{
	return (long)pg_number("SELECT v FROM txn_test WHERE id = 1");
}

char *scene_story(struct scene *scene)
{
	static const char letters[] = {
		[VERB_OTHER] = '?',  [VERB_BEGIN] = 'B',    [VERB_SAVEPOINT] = 'S',
		[VERB_SELECT] = 's', [VERB_UPDATE] = 'u',   [VERB_RELEASE] = 'R',
		[VERB_COMMIT] = 'C', [VERB_ROLLBACK] = 'r', [VERB_ROLLBACK_TO] = '<',
	};
	struct buf out = {0};
	struct cursor cursor = {0};
	struct event event;
	while (cursor_read(&cursor, scene->rig->ring, &event)) {
		if (event.kind == EVENT_BACKOFF)
			buf_char(&out, '~');
		if (event.kind != EVENT_RESULT || !event.txn || event.skipped)
			continue;
		buf_char(&out, letters[event.verb]);
		if (event_failed(&event))
			buf_char(&out, '!');
		if (event.durable)
			buf_char(&out, '*');
	}
	return buf_take(&out);
}

void scene_check_story(struct scene *scene, const char *expected)
{
	char *told = scene_story(scene);
	assert_string_equal(told, expected);
	free(told);
}
