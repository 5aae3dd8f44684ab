/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps what lines of a trace say for later ones; however many there are, memory is bounded. */
#include "refs_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "entry_internal.h"
#include "forms_internal.h"

enum { REFS_TEXT_MAX = 512 /* bytes of a text that a form has itself, where a byte may have become several */ };

struct refs_form {
	bool there;
	struct event event; /* lane, tag, sql are owned */
	int64_t sql;        /* the number of its statement; 0: event.sql */
};

struct refs {
	struct texts *texts;
	struct refs_form form[FORMS_MAX + 1]; /* by number; the first is not used */
};

struct refs *refs_new(void)
{
	struct refs *refs = NEW(struct refs);
	refs->texts = texts_new();
	return refs;
}

static void refs_forget(struct refs_form *form)
{
	free((char *)(uintptr_t)form->event.lane);
	free((char *)(uintptr_t)form->event.tag);
	free((char *)(uintptr_t)form->event.sql);
	*form = (struct refs_form){0};
}

void refs_free(struct refs *refs)
{
	if (!refs)
		return;
	for (size_t i = 0; i <= FORMS_MAX; i++)
		refs_forget(&refs->form[i]);
	texts_free(refs->texts);
	free(refs);
}

static bool refs_begins(const char *line, size_t n, const char *with)
{
	size_t length = strlen(with);
	return n >= length && memcmp(line, with, length) == 0;
}

bool refs_is_base(const char *line, size_t n)
{
	return refs_begins(line, n, "{\"state\":\"base\"");
}

bool refs_is_line(const char *line, size_t n)
{
	return refs_is_base(line, n) || refs_begins(line, n, "{\"state\":\"text\"") ||
	       refs_begins(line, n, "{\"state\":\"form\"");
}

static char *refs_copy(const char *text)
{
	return text && strlen(text) <= REFS_TEXT_MAX ? mem_dup(text) : NULL;
}

static void refs_take_form(struct refs *refs, const struct json_object *object)
{
	struct event event;
	int64_t number = json_object_number(object, "form", 0), sql = 0;
	if (number < 1 || number > FORMS_MAX || !entry_read_form(object, &event, &sql))
		return;
	struct refs_form *form = &refs->form[number];
	refs_forget(form);
	*form = (struct refs_form){.there = true, .event = event, .sql = sql};
	form->event.lane = refs_copy(event.lane);
	form->event.tag = refs_copy(event.tag);
	form->event.sql = refs_copy(event.sql);
}

bool refs_take(struct refs *refs, const struct json_object *object, struct trace_base *base)
{
	const char *state = json_object_text(object, "state");
	if (!state)
		return false;
	if (strcmp(state, "form") == 0)
		refs_take_form(refs, object);
	else if (strcmp(state, "base") == 0)
		entry_read_base(object, base);
	else
		return texts_take(refs->texts, object);
	return true;
}

const char *refs_text(const struct refs *refs, int64_t number)
{
	return texts_at(refs->texts, number);
}

bool refs_form(const struct refs *refs, int64_t number, struct event *event)
{
	if (number < 1 || number > FORMS_MAX || !refs->form[number].there)
		return false;
	const struct refs_form *form = &refs->form[number];
	*event = form->event;
	if (form->sql)
		event->sql = refs_text(refs, form->sql);
	return !form->sql || event->sql;
}
