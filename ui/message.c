/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The message line: the last message, in full until the next key. */
#include "ui/message.h"

#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/draw.h"
#include "ui/wrap.h"

/* A command begins here, and a backquote follows somewhere. */
static bool message_names_command(const char *text)
{
	char *name = mem_dup_n(text, strcspn(text, " `"));
	bool is = strchr(text, '`') && command_exact(name);
	free(name);
	return is;
}

void message_words(struct buf *out, const char *text)
{
	bool inside = false;
	for (; *text; text++) {
		buf_char(out, *text);
		if (*text != '`')
			continue;
		inside = !inside;
		if (inside && message_names_command(text + 1))
			buf_char(out, ':');
	}
}

void message_set(struct message *message, enum status status, const char *text)
{
	struct buf line = {0}, words = {0};
	message_words(&words, text);
	text_escape(&line, buf_text(&words), strcspn(buf_text(&words), "\n"), 0);
	buf_free(&words);
	free(message->text);
	message->text = buf_take(&line);
	message->status = status;
	message->unread = true;
}

void message_free(struct message *message)
{
	free(message->text);
}

void message_draw(const struct message *message, struct rect room)
{
	const char *text = message->text ? message->text : "";
	enum style style = message->status == ST_OK ? STYLE_TEXT : STYLE_BAD;
	int columns = room.w - 2, last = room.y + room.h - 1;
	int lines = message->unread ? wrap_count(text, columns) : 1;
	if (lines > room.h)
		lines = room.h;
	struct rect area = {last - lines + 1, room.x, lines, room.w};
	draw_clear(area);
	if (lines == 1)
		draw_line(last, room.x + 1, columns, style, text);
	else
		draw_wrapped((struct rect){area.y, area.x + 1, lines, columns}, style, text);
}

bool message_waits(const struct message *message)
{
	return message->unread && message->text && message->text[0];
}

bool message_seen(struct message *message)
{
	bool was = message->unread;
	message->unread = false;
	return was;
}
