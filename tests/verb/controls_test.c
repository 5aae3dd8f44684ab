/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that puts control characters, or a NULL, wherever it can: none of them is written, and nothing of it is a crash. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

/* A title, a clear screen, a C1 control in UTF-8, and a carriage return. */
#define EVIL                                                                                                           \
	"\x1b]0;x\a\x1b[2J\xc2\x9b"                                                                                    \
	"31m\r"

/* Shared with the relay's process. */
static struct evil {
	volatile char where; /* the type of the messages that are changed; 'D': a cell becomes NULL */
	volatile int column; /* which */
	volatile unsigned changed;
} * evil;

static struct relay relay;

/* ---- what becomes of a message ---- */

static void add_message(struct buf *out, char type, const struct buf *body)
{
	uint32_t length = htonl((uint32_t)body->len + 4);
	buf_char(out, type);
	buf_add(out, (const char *)&length, 4);
	buf_add(out, buf_text(body), body->len);
	evil->changed++;
}

/* A tag ends with it. */
static void spoil_tag(const char *body, struct buf *to)
{
	buf_fmt(to, "%s" EVIL, body);
	buf_char(to, '\0');
}

/* So does each field of an error or a notice but the severity that programs read; the SQLSTATE is nothing but that. */
static void spoil_fields(const char *body, size_t n, struct buf *to)
{
	for (size_t at = 0; at < n && body[at]; at += strlen(body + at) + 1) {
		buf_char(to, body[at]);
		if (body[at] != 'C')
			buf_str(to, body + at + 1);
		if (body[at] != 'V')
			buf_str(to, body[at] == 'C' ? "\x1b[2J\r" : EVIL);
		buf_char(to, '\0');
	}
	buf_char(to, '\0');
}

/* And what the server is: the settings that are told unasked. */
static void spoil_setting(const char *body, struct buf *to)
{
	const char *value = body + strlen(body) + 1;
	buf_add(to, body, strlen(body) + 1);
	buf_str(to, value);
	if (strcmp(body, "server_version") == 0 || strcmp(body, "application_name") == 0 ||
	    strcmp(body, "TimeZone") == 0)
		buf_str(to, EVIL);
	buf_char(to, '\0');
}

static uint32_t number_at(const char *bytes)
{
	uint32_t number;
	memcpy(&number, bytes, 4);
	return ntohl(number);
}

static void spoil_row(const char *body, size_t n, struct buf *to)
{
	static const char null[] = {'\xff', '\xff', '\xff', '\xff'};
	size_t at = 2;
	buf_add(to, body, 2);
	for (int column = 0; at + 4 <= n; column++) {
		uint32_t length = number_at(body + at);
		size_t cell = 4 + (length == UINT32_MAX ? 0 : length);
		if (column == evil->column)
			buf_add(to, null, 4);
		else
			buf_add(to, body + at, cell);
		at += cell;
	}
}

static void spoil(void *arg, const char *message, size_t n, struct buf *out)
{
	struct buf body = {0};
	char type = message[0];
	(void)arg;
	bool here = type == evil->where || (type == 'N' && evil->where == 'E');
	if (here && type == 'C')
		spoil_tag(message + 5, &body);
	else if (here && (type == 'E' || type == 'N'))
		spoil_fields(message + 5, n - 5, &body);
	else if (here && type == 'S')
		spoil_setting(message + 5, &body);
	else if (here && type == 'D')
		spoil_row(message + 5, n - 5, &body);
	if (here)
		add_message(out, type, &body);
	else
		buf_add(out, message, n);
	buf_free(&body);
}

/* ---- what is written ---- */

static void check_harmless(const char *line, const struct buf *written)
{
	const unsigned char *p = (const unsigned char *)buf_text(written);
	for (size_t i = 0; i < written->len; i++) {
		bool control = (p[i] < ' ' && p[i] != '\n') || p[i] == 0x7f;
		if (control || (p[i] == 0xc2 && i + 1 < written->len && p[i + 1] >= 0x80 && p[i + 1] < 0xa0)) {
			check_tell("%s", buf_text(written));
			fail_msg("%s: byte %d is 0x%02x, of \"%c\" messages", line, (int)i, p[i], evil->where);
		}
	}
}

static void run_line(const char *option, const char *line)
{
	char target[160];
	snprintf(target, sizeof target, "host=%s", relay.dir);
	struct proc *proc = teller_run(target, option, "-c", line);
	check_harmless(line, &proc->out);
	check_harmless(line, &proc->err);
	if (proc->status > 6) {
		check_tell("%s", buf_text(&proc->err));
		fail_msg("%s: it ended with %d", line, proc->status);
	}
	proc_free(proc);
}

static void no_control_character_is_written(void **state)
{
	(void)state;
	static const char *const lines[] = {"list",
					    "count",
					    "show 7001",
					    "transfer 7001 7002 1 --yes",
					    "ledger",
					    "verify",
					    "sessions",
					    "transfer 7001 7002 x --yes",
					    "doctor",
					    "conninfo",
					    "create 3",
					    "transfer 7001 7003 100000 --yes",
					    "version",
					    "lab run lost-update",
					    "counters",
					    "list --where 'balance / 0 = 1'",
					    "settle 01234567-89ab-cdef-0123-456789abcdef"};
	static const char *const options[] = {"--plain", "--echo", "--echo=plain"};
	for (const char *where = "CES"; *where; where++) {
		evil->where = *where;
		evil->changed = 0;
		for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
			run_line(options[i % 3], lines[i]);
		run_line("--echo=plain", "transfer 7001 7002 1 --yes");
		run_line("--table=refusing", "create 3");
		run_line("--table=nowhere", "list");
		assert_true(evil->changed > 0);
	}
	evil->where = 0;
}

/* The sessions of a server, with a NULL in each of their columns, one after another. */
static void a_null_in_any_column_of_the_sessions(void **state)
{
	(void)state;
	struct pg_session *holder = pg_open(), *waiter = pg_open();
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	pg_send(waiter, "UPDATE accounts SET balance = balance WHERE id = 7001");
	char show[40];
	snprintf(show, sizeof show, "sessions show %d", (int)pg_ask(holder, "SELECT pg_backend_pid()"));
	pg_until(NULL, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted");
	const char *const lines[] = {"sessions", "sessions --json", "sessions --tree", show};
	evil->where = 'D';
	for (int column = 0; column < 32; column++) {
		evil->column = column;
		run_line("--plain", lines[column % 4]);
		run_line("--plain", lines[(column + 1) % 4]);
	}
	evil->where = 0;
	pg_run(holder, "COMMIT");
	pg_receive(waiter);
	pg_close(waiter);
	pg_close(holder);
}

static int bank(void **state)
{
	pg_own_database(state);
	pg_bank(5);
	pg_exec("CREATE TABLE refusing (id bigint PRIMARY KEY, balance bigint);"
		"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
		"'BEGIN RAISE WARNING ''soon''; RAISE EXCEPTION ''not today'' USING DETAIL = ''tomorrow''; END';"
		"CREATE TRIGGER refuse BEFORE INSERT ON refusing FOR EACH ROW EXECUTE FUNCTION refuse()");
	relay_start_changing(&relay, spoil, NULL);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

int main(void)
{
	evil = mmap(NULL, sizeof *evil, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_control_character_is_written),
		cmocka_unit_test(a_null_in_any_column_of_the_sessions),
	};
	return evil == MAP_FAILED ? 1 : cmocka_run_group_tests_name("verb/controls", tests, bank, no_bank);
}
