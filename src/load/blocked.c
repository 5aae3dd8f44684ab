/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many of the workers wait for a lock, asked once a second over a session of its own. */
#include "load_internal.h"

enum { BLOCKED_EVERY_MS = 1000 };

static size_t load_blocked_ours(void *arg, const struct db *at[WATCHER_OURS_MAX])
{
	const struct load *load = arg;
	size_t n = 0;
	for (size_t i = 0; i < load->nworkers && n < WATCHER_OURS_MAX; i++)
		if (load->workers[i].db)
			at[n++] = load->workers[i].db;
	return n;
}

static const struct conninfo *load_blocked_place(void *arg)
{
	const struct load *load = arg;
	enum load_phase phase = load->report.phase;
	return phase == LOAD_CONNECTING || phase == LOAD_RUNNING ? &load->conninfo : NULL;
}

static void load_blocked_accounts(void *arg, struct sessions_question *question)
{
	(void)arg, (void)question; /* which row it is does not matter here */
}

static void load_blocked_changed(void *arg)
{
	struct load *load = arg;
	const struct sessions *sessions = watcher_sessions(load->watcher);
	const struct db *ours[WATCHER_OURS_MAX];
	size_t n = load_blocked_ours(load, ours);
	bool connecting = load->report.phase == LOAD_CONNECTING;
	if (!load->watched)
		load_arrived(load);
	load->watched = true;
	if (connecting || !sessions || watcher_error(load->watcher)[0])
		return;
	load->report.blocked_known = true;
	for (size_t i = 0; i < n; i++) {
		long at = sessions_of_ours(sessions, (long)i);
		load->samples++;
		load->blocked_samples += at != SESSIONS_NONE && sessions_holders(sessions, at) > 0;
	}
}

void load_blocked_begin(struct load *load)
{
	load->watching = (struct watcher_ops){
		.ours = load_blocked_ours, .place = load_blocked_place, .accounts = load_blocked_accounts, .arg = load};
	load->watcher = watcher_new(load->loop, load->ring, &load->watching);
	watcher_read(load->watcher, BLOCKED_EVERY_MS, load_blocked_changed, load);
}

void load_blocked_end(struct load *load)
{
	watcher_free(load->watcher);
	load->watcher = NULL;
}
