/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts what became of the orders that were explored, and keeps the shortest that breaks each check. */
#include <stdlib.h>

#include "base/mem.h"
#include "explore_internal.h"

void explore_outcome_free(struct explore *explore, struct explore_outcome *outcome)
{
	if (!outcome)
		return;
	for (size_t i = 0; i < explore->nchecks; i++)
		free(outcome->found[i]);
	free(outcome->found);
	free(outcome->error);
	free(outcome);
}

static void explore_keep_shortest(struct explore *explore, struct explore_check *check, const char *found)
{
	const unsigned char *word = orders_word(&explore->orders, explore->at);
	size_t switches = orders_switches(&explore->orders, word);
	struct buf shown = {0};
	if (check->shortest && check->switches <= switches)
		return;
	orders_show(&explore->orders, word, &shown);
	free(check->shortest);
	free(check->found);
	check->shortest = buf_take(&shown);
	check->found = mem_dup(found);
	check->switches = switches;
}

/* Where the sessions follow one another, there is nothing to retry. */
static void explore_keep_failed(struct explore *explore, const struct explore_outcome *outcome)
{
	size_t switches = orders_switches(&explore->orders, orders_word(&explore->orders, explore->at));
	bool serial = switches + 1 == explore->orders.spec.nsessions;
	if (outcome->failed || (serial && outcome->error)) {
		explore->failure.broken++;
		explore_keep_shortest(explore, &explore->failure, outcome->error ? outcome->error : "it did not end");
	}
}

void explore_count(struct explore *explore, const struct explore_outcome *outcome)
{
	struct explore_sums *sums = &explore->sums;
	bool broken = false;
	sums->looked_at++;
	sums->impossible += outcome->impossible;
	if (outcome->impossible)
		return;
	sums->waited += outcome->waited;
	sums->retried += outcome->retried;
	sums->deadlocked += outcome->deadlocked;
	sums->failed += outcome->failed;
	explore_keep_failed(explore, outcome);
	for (size_t i = 0; i < explore->nchecks; i++) {
		if (!outcome->found[i])
			continue;
		broken = true;
		explore->checks[i].broken++;
		explore_keep_shortest(explore, &explore->checks[i], outcome->found[i]);
	}
	sums->broken += broken;
}

const struct explore_sums *explore_sums(const struct explore *explore)
{
	return &explore->sums;
}

size_t explore_nchecks(const struct explore *explore)
{
	return explore->nchecks;
}

const struct explore_check *explore_check(const struct explore *explore, size_t at)
{
	return &explore->checks[at];
}

const struct explore_check *explore_failure(const struct explore *explore)
{
	return explore->failure.shortest ? &explore->failure : NULL;
}

const struct explore_check *explore_shortest(const struct explore *explore)
{
	const struct explore_check *shortest = NULL;
	for (size_t i = 0; i < explore->nchecks; i++) {
		const struct explore_check *check = &explore->checks[i];
		if (check->shortest && (!shortest || check->switches < shortest->switches))
			shortest = check;
	}
	return shortest;
}
