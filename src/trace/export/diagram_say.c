/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said about a sequence diagram: its title, where it is from, and what is left out. */
#include <inttypes.h>
#include <time.h>

#include "base/text.h"
#include "diagram_internal.h"

static void say_left_out(struct diagram_reader *reader)
{
	struct diagram *diagram = reader->diagram;
	if (reader->more)
		diagram_leave_out(diagram,
				  "a diagram has at most %d rows: %" PRIu64
				  " further events are left out; --from %" PRIu64 " goes on there",
				  DIAGRAM_ROWS_MAX, reader->more, reader->more_from);
	if (reader->crowded)
		diagram_leave_out(diagram,
				  "a diagram has at most %d sessions: %" PRIu64 " events of further ones are left out",
				  DIAGRAM_LANES_MAX - 1, reader->crowded);
	if (reader->selection.aside)
		diagram_leave_out(
			diagram,
			"%" PRIu64 " %s outside of transactions and steps, of connecting and browsing, %s left "
			"out",
			reader->selection.aside, text_plural(reader->selection.aside, "statement", "statements"),
			reader->selection.aside == 1 ? "is" : "are");
	if (reader->gone)
		diagram_leave_out(diagram, "%" PRIu64 " events were gone before they could be written", reader->gone);
}

static void say_title(struct diagram_reader *reader)
{
	struct diagram *diagram = reader->diagram;
	struct buf title = {0};
	if (reader->selection.lesson && reader->lesson)
		buf_fmt(&title, "%s%s", reader->lesson, reader->lessons ? ", and other lessons" : "");
	else if (reader->selection.lesson)
		buf_fmt(&title, "a lesson with %zu %s", diagram->nlanes - 1,
			text_plural(diagram->nlanes - 1, "session", "sessions"));
	else if (reader->first && (reader->ntxns == 1 || reader->selection.export->range.txn))
		buf_str(&title, reader->first);
	else if (reader->ntxns)
		buf_fmt(&title, "%" PRIu64 " transactions", reader->ntxns);
	else
		buf_str(&title, "what a session of teller sent");
	diagram_set(&diagram->title, title.p, 80);
	buf_free(&title);
}

static void say_about(struct diagram_reader *reader, const struct trace_file *file)
{
	struct buf about = {0};
	char at[32];
	time_t seconds = (time_t)(reader->begin_us / 1000000);
	struct tm day;
	trace_describe(&about, file);
	if (gmtime_r(&seconds, &day) && strftime(at, sizeof at, "%Y-%m-%d %H:%M:%S UTC", &day))
		buf_fmt(&about, ", %s", at);
	diagram_set(&reader->diagram->about, about.p, 160);
	buf_free(&about);
}

void diagram_say(struct diagram_reader *reader, const struct trace_file *file)
{
	say_left_out(reader);
	say_title(reader);
	say_about(reader, file);
}
