/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the form of an event, by all that it has of it. */
#include "forms_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	FORMS_SEATS = 2 * FORMS_MAX,
	FORMS_SMALL =
		63, /* attempts, statements, rows and so on: events of larger ones are rare, and too many to tell */
	FORMS_TEXT = 64, /* bytes of a text that a form has itself, with its NUL */
};

/* What is compared: the numbers in one, the statement as a pointer or a number, and short texts. */
struct form {
	uint64_t numbers;
	uintptr_t statement;
	char sqlstate[6];
	char *tag, *lane, *sql; /* owned; NULL for none. `sql` where it has no number, because it is short */
	bool is_used;           /* its line is in the file */
};

struct forms {
	struct form form[FORMS_MAX + 1]; /* by number; the first is not used */
	unsigned n;
	uint16_t seats[FORMS_SEATS]; /* numbers, where their hash leads or behind it; 0: free */
};

struct forms *forms_new(void)
{
	return NEW(struct forms);
}

void forms_free(struct forms *forms)
{
	for (size_t i = 0; forms && i <= FORMS_MAX; i++) {
		free(forms->form[i].tag);
		free(forms->form[i].lane);
		free(forms->form[i].sql);
	}
	free(forms);
}

static bool forms_is_short(const char *text)
{
	return !text || strnlen(text, FORMS_TEXT) < FORMS_TEXT;
}

static bool forms_has_one(const struct event *event)
{
	return event->kind != EVENT_BLOCKED && event->session < SESSION_LANE + 256 && event->attempt <= FORMS_SMALL &&
	       event->limit <= 255 && event->statement <= FORMS_SMALL && event->round_trip <= FORMS_SMALL &&
	       event->rows >= -1 && event->rows < FORMS_SMALL;
}

/* Each has its own bits. */
static uint64_t forms_numbers(const struct event *event)
{
	uint64_t numbers = (uint64_t)event->kind;
	numbers = numbers << 9 | (uint64_t)event->session;
	numbers = numbers << 4 | (uint64_t)event->verb;
	numbers = numbers << 3 | (uint64_t)event->outcome;
	numbers = numbers << 6 | event->attempt;
	numbers = numbers << 8 | event->limit;
	numbers = numbers << 6 | event->statement;
	numbers = numbers << 6 | event->round_trip;
	numbers = numbers << 6 | (uint64_t)(event->rows + 1);
	numbers = numbers << 1 | event->durable;
	numbers = numbers << 1 | event->weak;
	numbers = numbers << 1 | event->skipped;
	numbers = numbers << 1 | event->unmade;
	return numbers << 1 | event->unanswered;
}

static bool forms_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool forms_is(const struct form *form, const struct form *other)
{
	return form->numbers == other->numbers && form->statement == other->statement &&
	       memcmp(form->sqlstate, other->sqlstate, sizeof form->sqlstate) == 0 &&
	       forms_same(form->tag, other->tag) && forms_same(form->lane, other->lane) &&
	       forms_same(form->sql, other->sql);
}

static size_t forms_seat(const struct form *form)
{
	uint64_t hash = form->numbers * 0x9e3779b97f4a7c15;
	hash = (hash ^ hash >> 29 ^ form->statement) * 0x9e3779b97f4a7c15;
	return (hash ^ hash >> 32) % FORMS_SEATS;
}

static char *forms_copy(const char *text)
{
	return text ? mem_dup(text) : NULL;
}

static void forms_add(struct forms *forms, const struct form *wanted, size_t seat)
{
	struct form *form = &forms->form[++forms->n];
	*form = *wanted;
	form->tag = forms_copy(wanted->tag);
	form->lane = forms_copy(wanted->lane);
	form->sql = forms_copy(wanted->sql);
	forms->seats[seat] = (uint16_t)forms->n;
}

static unsigned forms_use(struct form *form, unsigned number, bool *is_new)
{
	*is_new = !form->is_used;
	form->is_used = true;
	return number;
}

unsigned forms_number(struct forms *forms, const struct event *event, bool kept, unsigned sql, bool *is_new)
{
	bool bare = event->sql && !kept && !sql; /* the statement is to be compared itself */
	*is_new = false;
	if (!forms_has_one(event))
		return 0;
	struct form wanted = {
		.numbers = forms_numbers(event),
		.statement = kept ? (uintptr_t)event->sql : sql,
		.tag = (char *)(uintptr_t)event->tag,
		.lane = (char *)(uintptr_t)event->lane,
		.sql = bare ? (char *)(uintptr_t)event->sql : NULL,
	};
	memcpy(wanted.sqlstate, event->sqlstate, sizeof wanted.sqlstate);
	size_t seat = forms_seat(&wanted);
	for (unsigned number; (number = forms->seats[seat]) != 0; seat = (seat + 1) % FORMS_SEATS)
		if (forms_is(&forms->form[number], &wanted))
			return forms_use(&forms->form[number], number, is_new);
	if (forms->n == FORMS_MAX || !forms_is_short(wanted.tag) || !forms_is_short(wanted.lane) ||
	    !forms_is_short(wanted.sql))
		return 0;
	forms_add(forms, &wanted, seat);
	return 0;
}
