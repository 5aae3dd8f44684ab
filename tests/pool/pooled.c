/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bank behind a pooler: its start, its end, and when nothing is under way any more. */
#include "tests/pool/pooled.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/fault/cuts.h"
#include "tests/support/check.h"
#include "tests/support/daemon.h"

/* Of the environment, as it was before the first pooler. */
static char *server_host, *server_port;

const char *pooled_target(const struct pooled *pooled)
{
	return pooler_target(&pooled->pooler, getenv("PGDATABASE"));
}

void pooled_open(struct pooled *pooled, int n, const struct pooler_options *options)
{
	server_host = mem_dup(getenv("PGHOST"));
	server_port = mem_dup(getenv("PGPORT"));
	pg_fresh_database(program_invocation_short_name, NULL);
	pg_bank(n);
	pooled->direct = pg_open();
	pooler_start(&pooled->pooler, options);
	pooler_use(&pooled->pooler);
}

void pooled_leave(const struct pooled *pooled)
{
	(void)pooled;
	setenv("PGHOST", server_host, 1);
	setenv("PGPORT", server_port, 1);
}

void pooled_close(struct pooled *pooled)
{
	if (!pooled->direct)
		return;
	pooled_leave(pooled);
	free(server_host);
	free(server_port);
	pg_close(pooled->direct);
	pooler_stop(&pooled->pooler);
	*pooled = (struct pooled){0};
}

static int is_quiet(const void *arg)
{
	const struct pooled *pooled = arg;
	return cuts_is_quiet(pooled->direct, &pooled->pooler);
}

void pooled_wait_quiet(const struct pooled *pooled)
{
	daemon_wait(pooled->pooler.dir, "silence", is_quiet, pooled);
}

void pooled_expect_balance(const struct pooled *pooled, const char *table, int id, long balance)
{
	int64_t has = pg_ask(pooled->direct, "SELECT balance FROM %s WHERE id = %d", table, id);
	if (has != balance)
		fail_msg("%s: %d has %lld, not %ld", table, id, (long long)has, balance);
}

void pooled_expect_any(struct proc *proc, const char *const texts[])
{
	for (size_t i = 0; texts[i]; i++)
		if (strstr(buf_text(&proc->out), texts[i]) || strstr(buf_text(&proc->err), texts[i]))
			return;
	check_tell("--- stdout\n%s\n--- stderr\n%s\n--- status %d", buf_text(&proc->out), buf_text(&proc->err),
		   proc->status);
	fail_msg("it does not say \"%s\"", texts[0]);
}
