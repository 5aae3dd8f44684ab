/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The translator's transactions: what a client of CockroachDB is told of each statement, and what PostgreSQL is. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/crdb/translator_internal.h"

enum { OWN_RETRIES = 200, COMMIT_MS = 2000, ANSWER_MS = 15000 };

#define TOO_OLD                                                                                                        \
	"restart transaction: TransactionRetryWithProtoRefreshError: WriteTooOldError: write for key "                 \
	"/Table/52/1 at timestamp 1644300000.000000000,0 too old; wrote at 1644300000.000000001,1"
#define PUSHED                                                                                                         \
	"restart transaction: TransactionRetryWithProtoRefreshError: "                                                 \
	"TransactionAbortedError(ABORT_REASON_PUSHER_ABORTED)"

/* ---- what is asked of PostgreSQL on the way; returns whether it went well ---- */

static bool link_ask(struct link *link, const char *sql, struct link_answer *answer)
{
	*answer = (struct link_answer){.failed = false};
	link_say(link, 'Q', sql, strlen(sql) + 1);
	link_collect(link, answer);
	buf_free(&answer->messages);
	return !answer->failed;
}

static bool is_conflict(const char *sqlstate)
{
	return strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0;
}

static void tell_error(struct link *link, const struct link_answer *answer)
{
	bool conflict = is_conflict(answer->sqlstate);
	if (conflict) {
		link->shared->conflicts++;
		link_put_error(link, "40001", strcmp(answer->sqlstate, "40P01") == 0 ? PUSHED : TOO_OLD, "");
	} else {
		link_put_error(link, answer->sqlstate, answer->text, answer->detail);
	}
}

static void begin_again(struct link *link)
{
	struct link_answer answer;
	if (link->server_open)
		link_ask(link, "ROLLBACK", &answer);
	link_ask(link, link->begin, &answer);
	link_ask(link, "SAVEPOINT cockroach_restart", &answer);
	link->state = LINK_OPEN;
	link->touched = link->delivered = false;
	link->rows = 0;
}

/* ---- the statements that are its own ---- */

static void end_with(struct link *link, enum link_state state, const char *tag)
{
	link->state = state;
	link->rows = 0;
	link_put_tag(link, tag);
}

static void own_fail(struct link *link, const char *sqlstate, const char *text)
{
	link_put_error(link, sqlstate, text, "");
	if (link->state == LINK_OPEN)
		link->state = LINK_ABORTED;
}

static void run_rollback_to(struct link *link)
{
	if (link->state == LINK_IDLE)
		own_fail(link, "3B001", "savepoint \"cockroach_restart\" does not exist");
	else if (link->state == LINK_COMMITTED)
		own_fail(link, "25000",
			 "current transaction is committed, commands ignored until end of transaction block");
	else {
		begin_again(link);
		link_put_tag(link, "ROLLBACK");
	}
}

/* What a client that is gone has sent is not committed any more. */
static void look_for_client(const struct link *link)
{
	struct pollfd client = {.fd = link->client, .events = POLLRDHUP};
	if (poll(&client, 1, 0) > 0)
		_exit(0);
}

/* The listener takes all sessions with it. */
static void die_if(const struct link *link, enum translator_death when)
{
	if (link->shared->dies != when)
		return;
	kill(getppid(), SIGKILL);
	_exit(0);
}

static bool link_commit(struct link *link, struct link_answer *answer)
{
	die_if(link, DIES_BEFORE_COMMIT);
	if (link->shared->slow_before) /* whatever is to happen meanwhile has the time */
		poll(NULL, 0, COMMIT_MS);
	bool committed = link_ask(link, "COMMIT", answer);
	die_if(link, DIES_AFTER_COMMIT);
	if (link->shared->slow_after)
		poll(NULL, 0, ANSWER_MS);
	return committed;
}

/* An error leaves the transaction aborted, with the way back to the savepoint open. */
static void run_release(struct link *link)
{
	struct link_answer answer;
	look_for_client(link);
	if (link->state == LINK_IDLE)
		own_fail(link, "3B001", "savepoint \"cockroach_restart\" does not exist");
	else if (link->state != LINK_OPEN)
		own_fail(link, "25P02",
			 "current transaction is aborted, commands ignored until end of transaction block");
	else if (link_commit(link, &answer))
		end_with(link, LINK_COMMITTED, "COMMIT");
	else {
		tell_error(link, &answer);
		link->state = LINK_ABORTED;
	}
}

static void run_end(struct link *link, bool commit)
{
	struct link_answer answer = {.failed = false};
	enum link_state was = link->state;
	look_for_client(link);
	if (was == LINK_IDLE) {
		own_fail(link, "25P01", "there is no transaction in progress");
		return;
	}
	if (link->server_open)
		link_ask(link, commit && was == LINK_OPEN ? "COMMIT" : "ROLLBACK", &answer);
	link->state = LINK_IDLE;
	if (answer.failed)
		tell_error(link, &answer);
	else
		end_with(link, LINK_IDLE,
			 was == LINK_COMMITTED || (commit && was == LINK_OPEN) ? "COMMIT" : "ROLLBACK");
}

/* It fails for an hour, and the server runs it again by itself for as long as nothing was handed out. */
static void run_force_retry(struct link *link)
{
	struct pollfd client = {.fd = link->client, .events = POLLRDHUP};
	if (link->state == LINK_COMMITTED)
		own_fail(link, "25000",
			 "current transaction is committed, commands ignored until end of transaction block");
	else if (link->state == LINK_ABORTED)
		own_fail(link, "25P02",
			 "current transaction is aborted, commands ignored until end of transaction block");
	else if (link->delivered)
		own_fail(link, "40001",
			 "restart transaction: TransactionRetryWithProtoRefreshError: forced by "
			 "crdb_internal.force_retry()");
	else if (poll(&client, 1, -1))
		_exit(0);
}

static bool is_own(enum link_kind kind)
{
	return kind == LINK_FORCE_RETRY || kind == LINK_ROLLBACK_TO || kind == LINK_RELEASE || kind == LINK_COMMIT ||
	       kind == LINK_ROLLBACK;
}

static void run_own(struct link *link, enum link_kind kind)
{
	if (kind == LINK_ROLLBACK_TO)
		run_rollback_to(link);
	else if (kind == LINK_RELEASE)
		run_release(link);
	else if (kind == LINK_FORCE_RETRY)
		run_force_retry(link);
	else
		run_end(link, kind == LINK_COMMIT);
}

/* ---- the statements that are passed on ---- */

/* Why it is refused before PostgreSQL sees it. */
static bool refused(struct link *link, enum link_kind kind)
{
	if (link->state == LINK_COMMITTED)
		own_fail(link, "25000",
			 "current transaction is committed, commands ignored until end of transaction block");
	else if (link->state == LINK_ABORTED)
		own_fail(link, "25P02",
			 "current transaction is aborted, commands ignored until end of transaction block");
	else if (link->state == LINK_OPEN && kind == LINK_BEGIN)
		own_fail(link, "25001", "there is already a transaction in progress");
	else if (link->state == LINK_IDLE && kind == LINK_PAST && link->past)
		own_fail(link, "0A000", "inconsistent AS OF SYSTEM TIME timestamp");
	else
		return false;
	return true;
}

static void count_rows(struct link *link, const char *tag)
{
	unsigned long n = 0;
	if (sscanf(tag, "INSERT 0 %lu", &n) == 1 || sscanf(tag, "COPY %lu", &n) == 1)
		link->rows += (unsigned)n;
	unsigned most = atomic_load(&link->shared->most_rows);
	while (link->rows > most && !atomic_compare_exchange_weak(&link->shared->most_rows, &most, link->rows))
		continue;
	if (link->state == LINK_IDLE)
		link->rows = 0;
}

static void note_end(struct link *link, enum link_kind kind, const struct link_answer *answer)
{
	link->past |= kind == LINK_PAST && link->state == LINK_IDLE;
	if (answer->failed) {
		if (link->state == LINK_OPEN)
			link->state = LINK_ABORTED;
		return;
	}
	count_rows(link, answer->tag);
	if (kind == LINK_BEGIN) {
		link->state = LINK_OPEN;
		link->touched = link->delivered = false;
		link->rows = 0;
	}
	link->touched |= kind == LINK_PLAIN || kind == LINK_PAST;
}

/* Sends the statement once: with its values, or as a text. */
static void send_once(struct link *link, const char *sql, struct link_answer *answer)
{
	*answer = (struct link_answer){.failed = false};
	if (sql) {
		link_say(link, 'Q', sql, strlen(sql) + 1);
		answer->bound = true;
	} else {
		link_say(link, 'B', link->bind.p, link->bind.len);
		if (link->describe)
			link_say(link, 'D', "P", 2);
		link_say(link, 'E', "\0\0\0\0", 5);
		link_say(link, 'S', "", 0);
	}
	link_collect(link, answer);
}

/* The server runs again by itself what fails before anything of the transaction was handed out. */
static bool may_run_again(struct link *link, const struct link_answer *answer)
{
	return answer->failed && is_conflict(answer->sqlstate) && (link->state == LINK_IDLE || !link->touched);
}

/* It has no rows. */
static void put_cancelled(struct link *link)
{
	link->shared->cancels++;
	link_put(&link->out, '2', "", 0);
	if (link->describe)
		link_put(&link->out, 'n', "", 0);
	link_put_tag(link, "CANCEL 1");
}

static void run_plain(struct link *link, enum link_kind kind, const char *sql)
{
	struct link_answer answer;
	if (refused(link, kind))
		return;
	send_once(link, sql, &answer);
	for (unsigned n = 0; may_run_again(link, &answer) && n < OWN_RETRIES; n++) {
		link->shared->own_retries++;
		buf_free(&answer.messages);
		if (link->state == LINK_OPEN)
			begin_again(link);
		send_once(link, sql, &answer);
	}
	if (kind == LINK_CANCEL && !answer.failed)
		put_cancelled(link);
	else if (answer.messages.len)
		buf_add(&link->out, answer.messages.p, answer.messages.len);
	if (answer.failed && !answer.bound) {
		struct buf text = {0};
		buf_fmt(&text, "error in argument for $1: %s", answer.text);
		link_put_error(link, "08P01", text.p, "");
		buf_free(&text);
	} else if (answer.failed) {
		tell_error(link, &answer);
	}
	buf_free(&answer.messages);
	note_end(link, kind, &answer);
}

/* ---- messages ---- */

static struct link_text *find_text(struct link *link, const char *name)
{
	for (size_t i = 0; i < link->ntexts; i++)
		if (strcmp(link->texts[i].name, name) == 0)
			return &link->texts[i];
	return NULL;
}

static void keep_text(struct link *link, const char *name, enum link_kind kind, bool locks)
{
	struct link_text *text = find_text(link, name);
	if (!text && link->ntexts < LINK_TEXTS)
		text = &link->texts[link->ntexts++];
	if (!text)
		_exit(1);
	snprintf(text->name, sizeof text->name, "%s", name);
	text->kind = kind;
	text->locks = locks;
}

static void keep_begin(struct link *link, enum link_kind kind, const char *sql)
{
	if (kind == LINK_BEGIN && link->state == LINK_IDLE)
		snprintf(link->begin, sizeof link->begin, "%s", sql);
}

static void do_parse(struct link *link, const struct buf *body)
{
	const char *name = body->p, *sql = name + strlen(name) + 1;
	size_t head = (size_t)(sql - body->p), rest = head + strlen(sql) + 1;
	enum link_kind kind;
	struct buf message = {0};
	struct link_answer answer = {.failed = false};
	if (link->shared->closed && strstr(sql, "crdb_internal")) {
		own_fail(link, "42501", "Access to crdb_internal and system is restricted.");
		return;
	}
	char *own = link_translate(sql, link->shared, &kind);
	if (link->shared->of_2019 && strstr(own, "v22.1.0"))
		memcpy(strstr(own, "v22.1.0"), "v2.2.0 ", 7);
	keep_text(link, name, kind, strstr(own, " FOR UPDATE"));
	keep_begin(link, kind, own);
	if (link->shared->of_2019 && strstr(own, " FOR UPDATE")) {
		own_fail(link, "42601", "syntax error at or near \"update\": unimplemented");
		free(own);
		return;
	}
	if (is_own(kind) || (kind == LINK_BEGIN && link->state != LINK_IDLE)) {
		link_put(&link->out, '1', "", 0);
	} else if (!refused(link, LINK_PLAIN)) {
		buf_add(&message, body->p, head);
		buf_add(&message, own, strlen(own) + 1);
		buf_add(&message, body->p + rest, body->len - rest);
		link_say(link, 'P', message.p, message.len);
		link_say(link, 'S', "", 0);
		link_collect(link, &answer);
		if (answer.failed) {
			tell_error(link, &answer);
			link->state = link->state == LINK_OPEN ? LINK_ABORTED : link->state;
		} else {
			link_put(&link->out, '1', "", 0);
		}
		buf_free(&answer.messages);
	}
	buf_free(&message);
	free(own);
}

static void do_bind(struct link *link, const struct buf *body)
{
	const char *statement = body->p + strlen(body->p) + 1;
	const struct link_text *text = find_text(link, statement);
	if (!text) {
		link_put_error(link, "26000", "unknown prepared statement", "");
		return;
	}
	link->portal = text->kind;
	link->shared->locking_reads += text->locks;
	link->describe = false;
	buf_clear(&link->bind);
	buf_add(&link->bind, body->p, body->len);
}

static void do_execute(struct link *link)
{
	if (!is_own(link->portal)) {
		run_plain(link, link->portal, NULL);
		return;
	}
	link_put(&link->out, '2', "", 0);
	if (link->describe)
		link_put(&link->out, 'n', "", 0);
	run_own(link, link->portal);
}

static void put_ready(struct link *link)
{
	static const char status[] = {
		[LINK_IDLE] = 'I', [LINK_OPEN] = 'T', [LINK_ABORTED] = 'E', [LINK_COMMITTED] = 'T'};
	link->skipping = link->past = false;
	link->delivered |= link->touched;
	link->shared->trips++;
	link->trips = link->state == LINK_IDLE ? 0 : link->trips + 1;
	if (link->trips && link->trips == link->shared->drains_at)
		link->shared->drain = DRAIN_ALL;
	link_put(&link->out, 'Z', &status[link->state], 1);
	link_flush(link);
}

static void do_query(struct link *link, const char *sql)
{
	enum link_kind kind;
	char *own = link_translate(sql, link->shared, &kind);
	keep_begin(link, kind, own);
	if (is_own(kind))
		run_own(link, kind);
	else
		run_plain(link, kind, own);
	free(own);
	put_ready(link);
}

static void do_message(struct link *link, char type, const struct buf *body)
{
	switch (type) {
	case 'P':
		do_parse(link, body);
		break;
	case 'B':
		do_bind(link, body);
		break;
	case 'D':
		link->describe = true;
		break;
	case 'E':
		do_execute(link);
		break;
	default:
		break; /* Close and Flush; the end of a COPY that has failed */
	}
}

void link_serve(struct link *link)
{
	struct buf body = {0};
	char type;
	for (;;) {
		link_await(link);
		type = link_read(link->client, &body, false);
		if (type == 'X')
			_exit(0);
		if (type == 'S')
			put_ready(link);
		else if (type == 'Q')
			do_query(link, body.p);
		else if (!link->skipping)
			do_message(link, type, &body);
	}
}
