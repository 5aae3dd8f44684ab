/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blockers of a permutation's turns: what has to happen before a step may be reported complete. */
#include "base/mem.h"
#include "stage_internal.h"

static const struct lane *lane_of(const struct stage *stage, const struct spec_mark *mark)
{
	return &stage->lanes[stage->spec->steps[mark->step].session];
}

void blockers_aim(struct stage *stage, struct record *record)
{
	const struct spec_turn *turn = record->pub.turn;
	if (!turn || !turn->nmarks)
		return;
	record->targets = mem_array(turn->nmarks, sizeof *record->targets);
	for (size_t i = 0; i < turn->nmarks; i++)
		if (turn->marks[i].kind == SPEC_MARK_NOTICES)
			record->targets[i] = lane_of(stage, &turn->marks[i])->notices + turn->marks[i].notices;
}

static bool holds(const struct stage *stage, const struct record *record, size_t i)
{
	const struct spec_mark *mark = &record->pub.turn->marks[i];
	const struct lane *lane;
	switch (mark->kind) {
	case SPEC_MARK_ONCE:
		return false;
	case SPEC_MARK_STEP:
		lane = lane_of(stage, mark);
		return lane->record && lane->record->pub.step == mark->step;
	case SPEC_MARK_NOTICES:
		return lane_of(stage, mark)->notices < record->targets[i];
	}
	return false;
}

bool blockers_hold(const struct stage *stage, const struct record *record)
{
	const struct spec_turn *turn = record->pub.turn;
	for (size_t i = 0; turn && i < turn->nmarks; i++)
		if (holds(stage, record, i))
			return true;
	return false;
}

bool blockers_once(const struct record *record)
{
	const struct spec_turn *turn = record->pub.turn;
	for (size_t i = 0; turn && i < turn->nmarks; i++)
		if (turn->marks[i].kind == SPEC_MARK_ONCE)
			return true;
	return false;
}
