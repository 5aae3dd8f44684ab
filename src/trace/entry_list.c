/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event as a list, by its form: what it has of its own; and back, where nothing in it is believed unseen. */
#include <limits.h>
#include <string.h>

#include "entry_internal.h"
#include "put_internal.h"

enum {
	LIST_NUMBERS = 6, /* form, number, time, transaction; duration and wait, where there are any */
	LIST_NEEDED = 4,
	LIST_END = 8,      /* room for a bracket, a comma, a null */
	LIST_TEXTS = 4,    /* params, values, message, detail */
	LIST_EVENTS = 256, /* numbers and times are counted anew after so many */
};

const char entry_list_is[] =
	"an event, as a list: its form, its number and its wall_us counted from the base before it, "
	"txn, duration_us, wait_us, and then params, values, message, detail; "
	"numbers that are 0 and texts that are null are left out at the end of either";

/* ---- to a line ---- */

static void list_write_base(struct buf *out, const struct event *event, struct entry_writer *writer)
{
	struct trace_base *base = &writer->base;
	if (writer->based && event->number >= base->number && event->number - base->number < LIST_EVENTS)
		return;
	*base = (struct trace_base){.number = event->number, .wall_us = event->wall_us};
	writer->based = true;
	entry_write_base(out, base);
}

static char *list_put(char *p, uint64_t number)
{
	*p++ = ',';
	return put_number(p, number);
}

static char *list_put_numbers(char *p, const struct event *event, unsigned form, const struct trace_base *base)
{
	*p++ = '[';
	p = put_number(p, form);
	p = list_put(p, event->number - base->number);
	*p++ = ',';
	p = put_signed(p, (int64_t)(event->wall_us - base->wall_us));
	p = list_put(p, event->txn);
	if (event->duration_us || event->wait_us)
		p = list_put(p, event->duration_us);
	return event->wait_us ? list_put(p, event->wait_us) : p;
}

static char *list_put_text(char *p, const char *text, size_t n)
{
	*p++ = ',';
	if (text)
		return put_text(p, text, n);
	memcpy(p, "null", 4);
	return p + 4;
}

/* The texts that it has, and how many with those between them. */
static size_t list_texts(const struct event *event, bool values, const char *texts[LIST_TEXTS])
{
	texts[0] = values ? event->params : NULL;
	texts[1] = values ? event->values : NULL;
	texts[2] = event->message ? entry_message(event, values) : NULL;
	texts[3] = values ? event->detail : NULL;
	size_t n = LIST_TEXTS;
	while (n > 0 && !texts[n - 1])
		n--;
	return n;
}

void entry_write_list(struct buf *out, const struct event *event, unsigned form, struct entry_writer *writer)
{
	const char *texts[LIST_TEXTS];
	size_t lengths[LIST_TEXTS], n = list_texts(event, writer->values, texts);
	size_t room = LIST_NUMBERS * (PUT_DIGITS + 1) + LIST_END;
	for (size_t i = 0; i < n; i++) {
		lengths[i] = texts[i] ? strlen(texts[i]) : 0;
		room += put_room(lengths[i]) + LIST_END;
	}
	list_write_base(out, event, writer);
	char *p = list_put_numbers(buf_room(out, room), event, form, &writer->base);
	for (size_t i = 0; i < n; i++)
		p = list_put_text(p, texts[i], lengths[i]);
	memcpy(p, "]\n", 2);
	buf_put(out, p + 2);
}

/* ---- from a line ---- */

static uint64_t list_sum(uint64_t base, int64_t by, uint64_t max)
{
	uint64_t size = by < 0 ? 0 - (uint64_t)by : (uint64_t)by;
	if (by < 0)
		return size > base ? 0 : base - size;
	return size > max - base ? max : base + size;
}

static uint64_t list_positive(int64_t number)
{
	return number < 0 ? 0 : (uint64_t)number;
}

static bool list_read_texts(const struct json_object *list, size_t i, struct event *event)
{
	const char **const texts[LIST_TEXTS] = {&event->params, &event->values, &event->message, &event->detail};
	size_t n = json_list_length(list) - i;
	for (size_t k = 0; k < n; k++)
		if (k == LIST_TEXTS || !json_list_text(list, i + k, texts[k]))
			return false;
	return true;
}

bool entry_read_list(const struct json_object *list, const struct refs *refs, const struct trace_base *base,
		     struct event *event)
{
	int64_t numbers[LIST_NUMBERS] = {0};
	size_t n = 0;
	while (n < LIST_NUMBERS && json_list_number(list, n, &numbers[n]))
		n++;
	if (n < LIST_NEEDED || !refs_form(refs, numbers[0], event))
		return false;
	event->number = list_sum(base->number, numbers[1], INT64_MAX);
	event->wall_us = list_sum(base->wall_us, numbers[2], ENTRY_WALL_MAX);
	event->txn = numbers[3] < 0 ? 0 : numbers[3] > UINT_MAX ? UINT_MAX : (uint32_t)numbers[3];
	event->duration_us = list_positive(numbers[4]);
	event->wait_us = list_positive(numbers[5]);
	return list_read_texts(list, n, event);
}
