/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command sessions: who waits for whom on the server, and what to do about one of them. */
#include "sessions.h"

static enum status check_sessions(const struct run *run, struct err *err)
{
	uint64_t every_ms;
	enum status status = sessions_every(run, &every_ms, err);
	if (!status)
		status = record_check(run, err);
	return !status && run->nargs > 0 ? sessions_check_one(run, err) : status;
}

static enum status prepare_sessions(struct run *run, struct err *err)
{
	return run->nargs > 0 ? sessions_prepare_one(run, err) : ST_OK;
}

static void sessions_open(struct run *run)
{
	session_list_watch(app_sessions(run->app), true);
	do_screen(run);
}

static void do_sessions(struct run *run)
{
	if (run->nargs > 0)
		sessions_one(run);
	else if (app_prints(run->app))
		sessions_print(run);
	else
		sessions_open(run);
}

const struct command verb_sessions = {
	.name = "sessions",
	.args = {{"show|cancel|end", ARG_WORD, true}, {"PID", ARG_WORD, true}},
	.options =
		{
			{.name = "tree", .help = "only those that wait and that are waited for", .prints = true},
			{.name = "watch", .value = "S", .help = "again every S seconds, until ^C", .prints = true},
			{.name = "start", .value = "US", .help = "only if it began then: start_us of --json"},
			{.name = "yes", .help = "do not ask"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB | COMMAND_SERVER,
	.help = "who waits for whom; show, cancel or end a session",
	.run = do_sessions,
	.check = check_sessions,
	.prepare = prepare_sessions,
	.describe = sessions_describe_one,
};
