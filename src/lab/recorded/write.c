/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes what there is to see of a player: its order, turns, questions, what sessions know, checks, and its stage. */
#include "recorded_internal.h"
#include "trace/members.h"

static void write_turn(struct buf *out, const struct player *player, size_t i)
{
	const struct turn *turn = &player->turns[i];
	members_object(out);
	members_number(out, "step", turn->step);
	members_signed(out, "place", turn->place);
	members_number(out, "attempt", turn->attempt);
	members_text(out, "note", turn->note, RECORDED_TEXT);
	members_true(out, "begins", turn->begins);
	members_true(out, "dropped", turn->dropped);
	for (size_t at = 0; turn->sent && at < player->nsent; at++)
		if (player->sent[at] == i)
			members_number(out, "sent", at + 1);
	members_true(out, "breakpoint", turn->breakpoint);
	members_true(out, "surprise", turn->surprise);
	members_true(out, "judged", turn->judged);
	members_true(out, "moot", turn->moot);
	members_number(out, "record", turn->record);
	members_number(out, "changed", turn->changed);
	members_number(out, "decided", turn->decided);
	members_signed(out, "given", turn->given);
	members_signed(out, "right", turn->right);
	members_object_end(out);
}

static void write_knows(struct buf *out, const struct knows *knows)
{
	members_object(out);
	members_text(out, "read", knows->read, RECORDED_TEXT);
	members_true(out, "old", knows->old);
	members_true(out, "wrote", knows->wrote);
	members_true(out, "open", knows->open);
	members_number(out, "rows", knows->remembered.rows);
	members_number(out, "pages", knows->remembered.pages);
	members_number(out, "indexes", knows->remembered.indexes);
	members_number(out, "tables", knows->remembered.tables);
	members_object_end(out);
}

static void write_check(struct buf *out, const struct player_check *check)
{
	members_object(out);
	members_text(out, "found", check->found, RECORDED_TEXT);
	members_true(out, "ok", check->ok);
	members_object_end(out);
}

static void write_value(struct buf *out, const struct player *player, size_t i)
{
	const char *text;
	members_object(out);
	members_true(out, "known", values_known(player->values, i, &text));
	members_text(out, "text", text, RECORDED_TEXT);
	members_object_end(out);
}

static void write_server(struct buf *out, const struct player *player)
{
	if (!player->server_known)
		return;
	members_text(out, "server", recorded_word(&recorded_servers, player->server.kind), RECORDED_TEXT);
	members_number(out, "major", player->server.major > 0 ? (uint64_t)player->server.major : 0);
	members_true(out, "superuser", player->server.superuser);
	members_true(out, "second", player->second != NULL);
}

static void write_lists(struct buf *out, const struct player *player)
{
	members_list(out, "turns");
	for (size_t i = 0; i < player->nturns; i++)
		write_turn(out, player, i);
	members_list_end(out);
	members_list(out, "knows");
	for (size_t i = 0; i < player->lesson->spec->nsessions; i++)
		write_knows(out, &player->knows[i]);
	members_list_end(out);
	members_list(out, "checks");
	for (size_t i = 0; i < player->nchecks; i++)
		write_check(out, &player->checks[i]);
	members_list_end(out);
	members_list(out, "values");
	for (size_t i = 0; i < player->lesson->nlets; i++)
		write_value(out, player, i);
	members_list_end(out);
}

void player_record(struct buf *out, const struct player *player)
{
	members_number(out, "order", player->order);
	members_text(out, "is", recorded_word(&recorded_player_states, player->state), RECORDED_TEXT);
	members_text(out, "pace", recorded_word(&recorded_paces, player->pace), RECORDED_TEXT);
	members_number(out, "pause_ms", player->pause_ms);
	members_true(out, "strayed", player->strayed);
	members_number(out, "strayed_at", player->strayed_at);
	members_true(out, "reader", player->reader);
	members_true(out, "has_read", player->has_read);
	members_number(out, "moment", player->moment);
	members_signed(out, "asked", player->asked);
	members_text(out, "impossible", player->impossible, RECORDED_TEXT);
	members_text(out, "error", player->error, RECORDED_TEXT);
	members_text(out, "left", player->left, RECORDED_TEXT);
	members_text(out, "committed", player->committed, RECORDED_TEXT);
	write_server(out, player);
	write_lists(out, player);
	recorded_write_stage(out, player->stage);
}
