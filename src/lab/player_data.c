/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the data: what a session has read, what others see now, and whether the lesson's checks hold. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "player_internal.h"

/* ---- what the sessions know ---- */

static void forget_read(struct knows *knows)
{
	free(knows->read);
	knows->read = NULL;
	knows->old = false;
}

static bool tag_begins(const char *tag, const char *word)
{
	return tag && strncmp(tag, word, strlen(word)) == 0;
}

static bool writes(const struct stage_record *record)
{
	for (size_t i = 0; i < record->nwords; i++) {
		const struct stage_word *word = &record->words[i];
		bool write = tag_begins(word->tag, "UPDATE") || tag_begins(word->tag, "INSERT") ||
			     tag_begins(word->tag, "DELETE") || tag_begins(word->tag, "MERGE");
		if ((word->kind == WORD_TAG || word->kind == WORD_ROWS) && write && word->affected > 0)
			return true;
	}
	return false;
}

/* Whoever has read before others committed something knows what was true, not what is. On CockroachDB the RELEASE is
 * the commit, as its tag says, while the transaction seems to be open; what ends it then commits nothing more. */
void player_learn(struct player *player, const struct stage_record *record, const struct lesson_fact *fact)
{
	struct knows *knows = &player->knows[record->lane];
	struct stage_lane lane;
	stage_lane(player->stage, record->lane, &lane);
	knows->open = lane.in_transaction;
	if (fact->reads && !fact->sqlstate) {
		forget_read(knows);
		knows->read = mem_dup(fact->reads);
	}
	knows->wrote = knows->wrote || writes(record);
	bool commits = record->unknown || (!fact->sqlstate && tag_begins(fact->tag, "COMMIT"));
	if (lane.in_transaction && !commits)
		return;
	bool back = (fact->sqlstate && !record->unknown) || tag_begins(fact->tag, "ROLLBACK");
	for (size_t i = 0; i < player->lesson->spec->nsessions && knows->wrote && !back; i++)
		if (i != record->lane)
			player->knows[i].old = true;
	knows->wrote = false;
	if (commits || tag_begins(fact->tag, "ROLLBACK"))
		forget_read(knows);
}

/* ---- checks ---- */

void player_checks_make(struct player *player)
{
	const struct lesson *lesson = player->lesson;
	player->checks = mem_array(lesson->nchecks + 1, sizeof *player->checks);
	for (size_t i = 0; i < lesson->nchecks; i++) {
		const struct lesson_check *check = &lesson->checks[i];
		if (check->scope.permutation == -1 || check->scope.permutation == (long)player->order)
			player->checks[player->nchecks++] = (struct player_check){
				.sql = check->sql, .wanted = check->value, .second = check->second};
	}
}

static char *answer_text(const struct stage_word *word)
{
	struct buf text = {0};
	if (word->kind == WORD_ERROR)
		buf_str(&text, word->message);
	else
		observed_value(&text, word->rows);
	buf_str(&text, "");
	return buf_take(&text);
}

static char *table_text(const struct rows *rows)
{
	struct buf text = {0};
	for (size_t i = 0; i < rows->ncols; i++)
		buf_fmt(&text, "%s%s", i ? ", " : "", rows->names[i]);
	buf_str(&text, ":  ");
	observed_value(&text, rows);
	return buf_take(&text);
}

static void on_check(void *arg, const struct stage_word *word)
{
	struct player *player = arg;
	if (player->next_check >= player->nchecks)
		return;
	struct player_check *check = &player->checks[player->next_check++];
	check->found = answer_text(word);
	check->ok = word->kind == WORD_ROWS && strcmp(check->found, check->wanted) == 0;
	player_checks_ask(player);
}

static void player_check_ask(struct player *player, size_t i, stage_answer_fn *answer)
{
	const struct player_check *check = &player->checks[i];
	(check->second ? stage_ask_second : stage_ask)(player->stage, check->sql, answer, player);
}

void player_checks_ask(struct player *player)
{
	if (player->next_check < player->nchecks)
		player_check_ask(player, player->next_check, on_check);
	else
		stage_end(player->stage);
}

static void on_watch(void *arg, const struct stage_word *word)
{
	struct player *player = arg;
	player->watching = false;
	free(player->committed);
	player->committed = word->kind == WORD_ROWS ? table_text(word->rows) : NULL;
	player_tell(player);
	if (player->watch_again)
		player_watch(player);
}

void player_watch(struct player *player)
{
	player->watch_again = player->watching;
	if (!player->nchecks || player->watching)
		return;
	player->watching = true;
	player_check_ask(player, 0, on_watch);
}

/* ---- what the server remembers ---- */

static void recall_take_row(struct player *player, const struct rows *rows, size_t row)
{
	struct remembered remembered;
	int pid = remembered_read(&remembered, rows, row);
	for (size_t i = 0; pid && i < player->lesson->spec->nsessions; i++) {
		struct stage_lane lane;
		stage_lane(player->stage, i, &lane);
		if (lane.pid == pid)
			player->knows[i].remembered = remembered;
	}
}

static void recall_forget(struct player *player)
{
	for (size_t i = 0; i < player->lesson->spec->nsessions; i++)
		player->knows[i].remembered = (struct remembered){0};
}

static void on_recalled(void *arg, const struct stage_word *word)
{
	struct player *player = arg;
	player->recalling = false;
	recall_forget(player);
	for (size_t row = 0; word->kind == WORD_ROWS && row < word->rows->nrows; row++)
		recall_take_row(player, word->rows, row);
	player_tell(player);
	if (player->recall_again)
		player_recall(player);
}

void player_recall(struct player *player)
{
	player->recall_again = player->recalling;
	if (player->recalling || !db_dialect(stage_control(player->stage))->shows_reads)
		return;
	player->recalling = true;
	stage_ask_of_lanes(player->stage, remembered_question, on_recalled, player);
}

void player_data_forget(struct player *player)
{
	recall_forget(player);
	for (size_t i = 0; i < player->lesson->spec->nsessions; i++) {
		player->knows[i].wrote = player->knows[i].open = false;
		forget_read(&player->knows[i]);
	}
	for (size_t i = 0; i < player->nchecks; i++)
		free(player->checks[i].found);
	free(player->checks);
	free(player->committed);
	player->checks = NULL;
	player->nchecks = player->next_check = 0;
	player->committed = NULL;
	player->watching = player->watch_again = player->recalling = player->recall_again = false;
}
