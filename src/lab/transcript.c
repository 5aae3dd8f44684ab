/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts of a stage in the words of isolationtester. */
#include "lab/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lab/stage.h"
#include "table.h"

struct transcript {
	const struct spec *spec;
	struct spec_permutations *order;
	struct stage *stage;
	struct timer *next;
	struct transcript_to to;
	struct buf out;
	bool failed, stopped;
};

static void flush(struct transcript *t, bool talk)
{
	if (t->out.len)
		t->to.write(t->to.arg, talk, t->out.p, t->out.len);
	buf_clear(&t->out);
}

static const char *step_name(const struct transcript *t, const struct stage_record *record)
{
	return t->spec->steps[record->step].name;
}

static const char *session_name(const struct transcript *t, long lane)
{
	return t->spec->sessions[lane].name;
}

/* ---- what a session said ---- */

static void add_notify(struct transcript *t, long lane, const struct stage_word *word)
{
	buf_fmt(&t->out, "%s: NOTIFY \"%s\" with payload \"%s\" from ", session_name(t, lane), word->channel,
		word->payload);
	if (word->sender == LANE_OTHER)
		buf_fmt(&t->out, "PID %d\n", word->pid);
	else
		buf_fmt(&t->out, "%s\n", session_name(t, word->sender));
}

static void transcript_add_error(struct transcript *t, const struct stage_word *word)
{
	if (word->severity[0])
		buf_fmt(&t->out, "%s:  %s\n", word->severity, word->message);
	else
		buf_fmt(&t->out, "%s\n", word->text);
}

static void transcript_add_word(struct transcript *t, long lane, const struct stage_word *word)
{
	switch (word->kind) {
	case WORD_ROWS:
		table_print(&t->out, word->rows);
		return;
	case WORD_TAG:
		return;
	case WORD_ERROR:
		transcript_add_error(t, word);
		return;
	case WORD_NOTICE:
		buf_fmt(&t->out, "%s: %s", session_name(t, lane), word->text);
		return;
	case WORD_NOTIFY:
		add_notify(t, lane, word);
		return;
	}
}

static void add_done(struct transcript *t, const struct stage_record *record)
{
	if (record->waited)
		buf_fmt(&t->out, "step %s: <... completed>\n", step_name(t, record));
	else
		buf_fmt(&t->out, "step %s: %s\n", step_name(t, record), t->spec->steps[record->step].sql);
	for (size_t i = 0; i < record->nwords; i++)
		if (!record->words[i].early)
			transcript_add_word(t, (long)record->lane, &record->words[i]);
}

static void add_starts(struct transcript *t)
{
	const struct spec_permutation *permutation = stage_permutation(t->stage);
	buf_str(&t->out, "\nstarting permutation:");
	for (size_t i = 0; i < permutation->nturns; i++)
		buf_fmt(&t->out, " %s", t->spec->steps[permutation->turns[i].step].name);
	buf_char(&t->out, '\n');
}

/* ---- what went wrong ---- */

static void tell_torn_down(struct transcript *t, const struct stage_fact *fact)
{
	bool rows = fact->word->kind == WORD_ROWS;
	if (rows)
		table_print(&t->out, fact->word->rows);
	flush(t, false);
	if (rows || (fact->word->kind == WORD_TAG && fact->word->tag[0]))
		return;
	if (fact->lane < 0)
		buf_fmt(&t->out, "teardown failed: %s", fact->word->text);
	else
		buf_fmt(&t->out, "teardown of session %s failed: %s", session_name(t, fact->lane), fact->word->text);
	flush(t, true);
}

static void add_active(struct transcript *t)
{
	struct stage_lane lane;
	buf_str(&t->out, "active steps are:");
	for (size_t i = 0; i < t->spec->nsessions; i++) {
		stage_lane(t->stage, i, &lane);
		if (lane.record)
			buf_fmt(&t->out, " %s", step_name(t, lane.record));
	}
	buf_char(&t->out, '\n');
}

static void add_failure(struct transcript *t, const struct stage_fact *fact)
{
	struct buf *out = &t->out;
	const char *step = fact->record ? step_name(t, fact->record) : "";
	switch (fact->fail) {
	case FAIL_CONNECT:
		buf_fmt(out, "Connection %ld failed: %s\n", fact->lane + 1, fact->text);
		return;
	case FAIL_POOL:
	case FAIL_SCHEMA:
		buf_fmt(out, "teller: %s\n", fact->text);
		return;
	case FAIL_SET_UP:
		if (fact->lane < 0)
			buf_fmt(out, "setup failed: %s", fact->text);
		else
			buf_fmt(out, "setup of session %s failed: %s", session_name(t, fact->lane), fact->text);
		return;
	case FAIL_SEND:
		buf_fmt(out, "failed to send query for step %s: %s\n", step, fact->text);
		return;
	case FAIL_LOST:
		buf_fmt(out, "PQconsumeInput failed: %s\n", fact->text);
		return;
	case FAIL_CONTROL:
		buf_fmt(out, "lock wait query failed: %s", fact->text);
		return;
	case FAIL_TIME:
	case FAIL_STILL:
		buf_fmt(out, "step %s timed out after %u seconds\n", step, fact->seconds);
		if (fact->fail == FAIL_STILL)
			add_active(t);
		return;
	case FAIL_IMPOSSIBLE: /* never of a bare stage */
	case FAIL_TOGETHER:
		buf_str(out, "failed to complete permutation due to mutually-blocking steps\n");
		return;
	}
}

/* ---- facts ---- */

static void transcript_on_fact(void *arg, const struct stage_fact *fact)
{
	struct transcript *t = arg;
	bool talk = false;
	switch (fact->kind) {
	case FACT_STARTS:
		add_starts(t);
		break;
	case FACT_SET_UP:
		if (fact->word->kind == WORD_ROWS)
			table_print(&t->out, fact->word->rows);
		break;
	case FACT_BEGUN:
		stage_play(t->stage);
		break;
	case FACT_SAID:
		transcript_add_word(t, fact->lane, fact->word);
		break;
	case FACT_WAITS:
		buf_fmt(&t->out, "step %s: %s <waiting ...>\n", step_name(t, fact->record),
			t->spec->steps[fact->record->step].sql);
		break;
	case FACT_CANCELS:
		buf_fmt(&t->out, "isolationtester: canceling step %s after %u seconds\n", step_name(t, fact->record),
			fact->seconds);
		break;
	case FACT_DONE:
		add_done(t, fact->record);
		break;
	case FACT_TORN_DOWN:
		tell_torn_down(t, fact);
		break;
	case FACT_FAILED:
		t->failed = true;
		talk = fact->fail != FAIL_SEND;
		add_failure(t, fact);
		break;
	case FACT_ENDED:
		talk = t->stopped && fact->text;
		if (talk)
			buf_fmt(&t->out, "teller: not torn down: %s; run the spec's teardown by hand\n", fact->text);
		timer_start(t->next, 0);
		break;
	case FACT_SENT:
	case FACT_GOES_ON:
	case FACT_ASKED:
	case FACT_AGAIN:
	case FACT_OUTCOME:
	case FACT_LOST:
	case FACT_PLAYED:
		break;
	}
	flush(t, talk);
}

static void transcript_on_next(void *arg)
{
	struct transcript *t = arg;
	const struct spec_permutation *next = t->failed || t->stopped ? NULL : spec_permutations_next(t->order);
	if (next)
		stage_begin(t->stage, next);
	else
		t->to.done(t->to.arg, !t->failed && !t->stopped);
}

/* ---- life ---- */

static int by_name(const void *a, const void *b)
{
	const struct spec_step *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

static void tell_unused(struct transcript *t)
{
	const struct spec_step **steps = mem_array(t->spec->nsteps, sizeof(struct spec_step *));
	for (size_t i = 0; i < t->spec->nsteps; i++)
		steps[i] = &t->spec->steps[i];
	qsort(steps, t->spec->nsteps, sizeof(struct spec_step *), by_name);
	for (size_t i = 0; i < t->spec->nsteps; i++)
		if (!steps[i]->used)
			buf_fmt(&t->out, "unused step name: %s\n", steps[i]->name);
	flush(t, true);
	free(steps);
}

struct transcript *transcript_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
				    const struct spec *spec, bool own_schema, const struct transcript_to *to)
{
	struct transcript *t = NEW(struct transcript);
	struct stage_options options = {.bare = true, .own_schema = own_schema, .limit_us = stage_limit()};
	t->spec = spec;
	t->to = *to;
	t->order = spec_permutations_new(spec);
	t->stage = stage_new(loop, ring, info, spec, &options, transcript_on_fact, t);
	t->next = timer_new(loop, transcript_on_next, t);
	tell_unused(t);
	buf_fmt(&t->out, "Parsed test spec with %zu sessions\n", spec->nsessions);
	flush(t, false);
	timer_start(t->next, 0);
	return t;
}

void transcript_stop(struct transcript *t)
{
	t->stopped = true;
	if (stage_state(t->stage) == STAGE_OFF)
		timer_start(t->next, 0);
	else
		stage_end(t->stage);
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	stage_free(t->stage);
	spec_permutations_free(t->order);
	timer_free(t->next);
	buf_free(&t->out);
	free(t);
}
