/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of sessions as rows: some columns for people, all of them for programs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sessions.h"
#include "watch/cells.h"

/* A row of the list. */
struct entry_row {
	const struct sessions *sessions;
	const struct sessions_line *line;
	const struct server_session *session;
	const struct server_session *holder; /* that it waits for, in this line; NULL */
};

/* ---- the columns of programs ---- */

/* Each adds its value; false: there is none, which is NULL. */

static bool row_text(struct buf *out, const char *text)
{
	buf_str(out, text);
	return text[0] != '\0';
}

static bool row_number(struct buf *out, int64_t number)
{
	buf_fmt(out, "%" PRId64, number);
	return number >= 0;
}

static bool row_bool(struct buf *out, bool value)
{
	return row_text(out, value ? "true" : "false");
}

static bool row_id(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->id);
}

static bool row_pid(struct buf *out, const struct entry_row *row)
{
	return row_number(out, row->session->pid ? row->session->pid : -1);
}

static bool row_start(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->start_us);
}

static bool row_depth(struct buf *out, const struct entry_row *row)
{
	return row_number(out, row->line->depth);
}

static bool row_waits_for(struct buf *out, const struct entry_row *row)
{
	return row->holder && row_text(out, row->holder->id[0] ? row->holder->id : row->holder->xid);
}

static bool row_why(struct buf *out, const struct entry_row *row)
{
	static const char *const words[] = {
		[WAIT_UNKNOWN] = "unknown", [WAIT_HELD] = "held", [WAIT_AHEAD] = "ahead", [WAIT_SNAPSHOT] = "snapshot"};
	return row->holder && row_text(out, words[row->sessions->waits[row->line->wait].kind]);
}

static bool row_wants(struct buf *out, const struct entry_row *row)
{
	session_add_wanted(out, row->sessions, row->line);
	return out->len > 0;
}

static bool row_lock(struct buf *out, const struct entry_row *row)
{
	const struct server_lock *lock = &row->session->lock;
	buf_fmt(out, "%s %s", lock->type, lock->mode);
	return lock->type[0] != '\0';
}

static bool row_waits_us(struct buf *out, const struct entry_row *row)
{
	return row_number(out, row->session->lock.age_us);
}

static bool row_again(struct buf *out, const struct entry_row *row)
{
	return row_bool(out, row->line->again);
}

static bool row_circle(struct buf *out, const struct entry_row *row)
{
	return row_bool(out, row->line->circle);
}

static bool row_ours(struct buf *out, const struct entry_row *row)
{
	if (row->session->ours != SESSIONS_NONE)
		session_add_ours(out, row->session);
	return out->len > 0;
}

static bool row_application(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->application);
}

static bool row_type(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->type);
}

static bool row_user(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->user);
}

static bool row_database(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->database);
}

static bool row_client(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->client);
}

static bool row_state(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->state);
}

static bool row_hidden(struct buf *out, const struct entry_row *row)
{
	return row_bool(out, row->session->hidden);
}

static bool row_xact_us(struct buf *out, const struct entry_row *row)
{
	return row_number(out, row->session->xact_us);
}

static bool row_statement_us(struct buf *out, const struct entry_row *row)
{
	return row_number(out, row->session->statement_us);
}

static bool row_state_us(struct buf *out, const struct entry_row *row)
{
	return row_number(out, row->session->state_us);
}

static bool row_wait_event(struct buf *out, const struct entry_row *row)
{
	buf_fmt(out, "%s: %s", row->session->wait_type, row->session->wait_name);
	return row->session->wait_type[0] != '\0';
}

static bool row_xid(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->xid);
}

static bool row_xmin(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->xmin);
}

static bool row_remembered(struct buf *out, const struct entry_row *row)
{
	return row_number(out, row->session->remembered);
}

static bool row_statement(struct buf *out, const struct entry_row *row)
{
	return row_text(out, row->session->statement);
}

static const struct row_column {
	const char *name;
	bool (*add)(struct buf *out, const struct entry_row *row);
} row_columns[] = {
	{"depth", row_depth},
	{"pid", row_pid},
	{"id", row_id},
	{"start_us", row_start},
	{"waits_for", row_waits_for},
	{"why", row_why},
	{"wants", row_wants},
	{"lock", row_lock},
	{"waits_us", row_waits_us},
	{"again", row_again},
	{"circle", row_circle},
	{"ours", row_ours},
	{"application", row_application},
	{"type", row_type},
	{"user", row_user},
	{"database", row_database},
	{"client", row_client},
	{"state", row_state},
	{"hidden", row_hidden},
	{"xact_us", row_xact_us},
	{"statement_us", row_statement_us},
	{"state_us", row_state_us},
	{"wait_event", row_wait_event},
	{"xid", row_xid},
	{"xmin", row_xmin},
	{"remembered", row_remembered},
	{"statement", row_statement},
};

enum { ROW_COLUMNS = COUNT_OF(row_columns) };

static void sessions_put_row(struct output *output, const struct entry_row *row)
{
	struct buf texts[ROW_COLUMNS];
	const char *cells[ROW_COLUMNS];
	memset(texts, 0, sizeof texts);
	for (size_t c = 0; c < ROW_COLUMNS; c++)
		cells[c] = row_columns[c].add(&texts[c], row) ? buf_text(&texts[c]) : NULL;
	output_rows(output, cells, 1);
	for (size_t c = 0; c < ROW_COLUMNS; c++)
		buf_free(&texts[c]);
}

static struct entry_row sessions_row(const struct sessions *sessions, const struct sessions_line *line)
{
	const struct server_wait *wait = line->wait == SESSIONS_NONE ? NULL : &sessions->waits[line->wait];
	return (struct entry_row){sessions, line, &sessions->at[line->session],
				  wait ? &sessions->at[wait->holder] : NULL};
}

static struct output *sessions_put(FILE *to, enum output_format format, const struct sessions *sessions,
				   const struct sessions_line *lines, size_t n)
{
	static const bool left[ROW_COLUMNS];
	const char *names[ROW_COLUMNS];
	for (size_t c = 0; c < ROW_COLUMNS; c++)
		names[c] = row_columns[c].name;
	struct output *output = output_new(to, format, ROW_COLUMNS, names, left);
	for (size_t i = 0; i < n; i++) {
		struct entry_row row = sessions_row(sessions, &lines[i]);
		sessions_put_row(output, &row);
	}
	return output;
}

/* ---- the table of people ---- */

/* All rows at once: its columns are as wide as the widest of them. */
static struct output *sessions_put_table(FILE *to, const struct sessions *sessions, const struct sessions_line *lines,
					 size_t n)
{
	static const bool right[SESSION_CELLS] = {[CELL_XACT] = true};
	char **cells = mem_array(n * SESSION_CELLS + 1, sizeof *cells);
	for (size_t i = 0; i < n * SESSION_CELLS; i++) {
		struct buf text = {0};
		session_add_cell(&text, sessions, &lines[i / SESSION_CELLS], (enum session_cell)(i % SESSION_CELLS));
		cells[i] = buf_take(&text);
	}
	struct output *output = output_new(to, FORMAT_TABLE, SESSION_CELLS, session_cell_titles, right);
	if (n)
		output_rows(output, (const char *const *)cells, n);
	for (size_t i = 0; i < n * SESSION_CELLS; i++)
		free(cells[i]);
	free(cells);
	return output;
}

enum status sessions_write(FILE *to, enum output_format format, const struct sessions *sessions, bool tree,
			   struct app *app, struct err *err)
{
	size_t n, of_tree;
	struct sessions_line *lines = sessions_lines(sessions, &n, &of_tree);
	size_t shown = tree ? of_tree : n;
	struct output *output = format == FORMAT_TABLE ? sessions_put_table(to, sessions, lines, shown)
						       : sessions_put(to, format, sessions, lines, shown);
	free(lines);
	return output_end(output, app, err);
}

/* ---- what is missing ---- */

/* As it must be written in SQL. */
static void sessions_add_role(struct buf *out, const char *role)
{
	bool plain = role[0] && strspn(role, "abcdefghijklmnopqrstuvwxyz_") > 0 &&
		     role[strspn(role, "abcdefghijklmnopqrstuvwxyz_0123456789")] == '\0';
	struct buf name = {0};
	buf_str(&name, plain ? "" : "\"");
	for (; *role; role++)
		buf_fmt(&name, "%s%c", *role == '"' ? "\"" : "", *role);
	buf_str(&name, plain ? "" : "\"");
	text_escape(out, buf_text(&name), name.len, 0);
	buf_free(&name);
}

void sessions_add_missing(struct buf *out, const struct sessions *sessions, const struct who *who)
{
	if (sessions->hidden) {
		buf_fmt(out,
			"state, times and statement of %zu %s hidden: that needs pg_read_all_stats; a superuser "
			"gives it: GRANT pg_read_all_stats TO ",
			sessions->hidden, text_plural(sessions->hidden, "session are", "sessions are"));
		sessions_add_role(out, who->current_user[0] ? who->current_user : who->session_user);
		buf_char(out, '\n');
	}
	if (sessions->more)
		buf_fmt(out,
			"the server has more than %d sessions, or more waits than were listed: these are not all\n",
			SESSIONS_MAX);
}
