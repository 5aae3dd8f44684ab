/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped lessons at a distance, and many players on one database: each comes out as it says, is told alike, leaves nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "tests/lesson/leftovers.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"
#include "tests/support/spawn.h"

/* TELLER_DISTANCES="0 20 50 100" (milliseconds each way) has every lesson played in both ways at each of them, and `lab run
 * all` by two and by eight players; without it there is a sample. */
enum { PLAYERS = 8, SAMPLE_MS = 20, LIMIT_MS = 600000 };

/* One lesson by `lab run`, or step by step by `lab play`. */
struct piece {
	const char *lesson, *word;
	char *told; /* when it was played first; NULL: not yet */
};

struct player {
	struct piece *piece;
	struct proc *proc; /* NULL: it has none to play */
};

struct concert {
	struct relay relay;
	unsigned ms; /* each way */
	struct piece *pieces;
	size_t npieces, wrong;
};

static const char *distances(void)
{
	const char *given = getenv("TELLER_DISTANCES");
	return given && *given ? given : NULL;
}

static void add_piece(struct concert *concert, const char *lesson, const char *word)
{
	concert->pieces = mem_resize(concert->pieces, concert->npieces + 1, sizeof *concert->pieces);
	concert->pieces[concert->npieces++] = (struct piece){lesson, word, NULL};
}

static void add_pieces(struct concert *concert)
{
	bool run = true;
	for (const struct asset_lesson *lesson = asset_lessons; lesson->name; lesson++, run = !run) {
		if (run || distances())
			add_piece(concert, lesson->name, "run");
		if (!run || distances())
			add_piece(concert, lesson->name, "play");
	}
}

static void blank(char *text, const char *from, const char *to)
{
	for (char *at = text; (at = strstr(at, from)); at++) {
		char *end = strstr(at + strlen(from), to);
		if (end)
			memmove(at, end + strlen(to), strlen(end + strlen(to)) + 1);
	}
}

/* What may differ: the wait before a retry is drawn at random; who waits for a safe snapshot waits for other players, too. */
static char *told_by(const struct proc *proc)
{
	char *text = mem_dup(buf_text(&proc->out));
	blank(text, "rolled back, waited ", " ms");
	blank(text, " and another ", "session");
	return text;
}

static void end_player(struct concert *concert, struct player *player)
{
	struct piece *piece = player->piece;
	struct proc *proc = player->proc;
	char *told = told_by(proc);
	bool same = !piece->told || strcmp(piece->told, told) == 0;
	if (proc->status || !same)
		check_tell("lab %s %s at %u ms each way: status %d\n%s%s%s%s", piece->word, piece->lesson, concert->ms,
			   proc->status, told, buf_text(&proc->err), same ? "" : "\nwhen it was played first:\n",
			   same ? "" : piece->told);
	concert->wrong += proc->status || !same;
	if (piece->told)
		free(told);
	else
		piece->told = told;
	proc_free(proc);
	player->proc = NULL;
}

static void start_player(struct concert *concert, struct player *player, struct piece *piece)
{
	char target[160];
	snprintf(target, sizeof target, "host=%s", concert->relay.dir);
	const char *const argv[] = {proc_teller(), target, "lab", piece->word, piece->lesson, NULL};
	player->piece = piece;
	player->proc = proc_start(argv, NULL, NULL);
}

/* All of it, PLAYERS at a time. */
static void play_all(struct concert *concert, unsigned ms)
{
	struct player players[PLAYERS] = {0};
	struct deadline deadline = deadline_in(LIMIT_MS);
	size_t next = 0;
	concert->ms = ms;
	concert->relay.shared->delay_us[0] = concert->relay.shared->delay_us[1] = ms * 1000;
	for (bool any = true; any;) {
		any = false;
		for (size_t i = 0; i < PLAYERS; i++) {
			if (players[i].proc && proc_ended(players[i].proc, 1))
				end_player(concert, &players[i]);
			if (!players[i].proc && next < concert->npieces)
				start_player(concert, &players[i], &concert->pieces[next++]);
			any = any || players[i].proc;
		}
		if (!deadline_left(deadline))
			fail_msg("not all lessons have ended");
	}
	leftovers_expect_none();
}

static void lessons_hold_at_every_distance(void **state)
{
	(void)state;
	struct concert concert = {0};
	relay_start(&concert.relay);
	add_pieces(&concert);
	play_all(&concert, 0);
	if (!distances())
		play_all(&concert, SAMPLE_MS);
	for (const char *at = distances(); at && *at;) {
		char *end;
		play_all(&concert, (unsigned)strtoul(at, &end, 10));
		at = *end ? end + 1 : end;
	}
	relay_stop(&concert.relay);
	for (size_t i = 0; i < concert.npieces; i++)
		free(concert.pieces[i].told);
	free(concert.pieces);
	assert_int_equal(concert.wrong, 0);
}

/* ---- players of the same lesson ---- */

static void play_together(size_t n, const char *lesson)
{
	struct proc *procs[PLAYERS];
	struct deadline deadline = deadline_in(LIMIT_MS);
	const char *const argv[] = {proc_teller(), "lab", "run", lesson, NULL};
	for (size_t i = 0; i < n; i++)
		procs[i] = proc_start(argv, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		while (!proc_ended(procs[i], 1))
			if (!deadline_left(deadline))
				fail_msg("%zu players of %s: not all have ended", n, lesson);
		proc_expect_status(procs[i], 0);
		proc_free(procs[i]);
	}
	leftovers_expect_none();
}

static void players_do_not_meet(void **state)
{
	(void)state;
	static const char *const sample[] = {"lost-update", "deadlock", "retry-by-itself", "commit-cut"};
	for (size_t i = 0; i < COUNT_OF(sample) && !distances(); i++)
		play_together(PLAYERS, sample[i]);
	for (size_t n = 2; n <= PLAYERS && distances(); n += PLAYERS - 2)
		play_together(n, "all");
}

static int database(void **state)
{
	int status = pg_own_database(state);
	pg_bank(3);
	return status;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lessons_hold_at_every_distance),
		cmocka_unit_test(players_do_not_meet),
	};
	return cmocka_run_group_tests_name("lesson/distance", tests, database, NULL);
}
