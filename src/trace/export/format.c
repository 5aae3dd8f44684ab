/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats of an export: found by their words and by the endings of files; and the one that writes. */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "export_internal.h"

#define FORMAT_ROW(constant, word, ending, writer) [constant] = {word, ending, export_##writer}
static const struct {
	const char *word, *ending;
	export_writer *write;
} formats[] = {TRACE_FORMATS(FORMAT_ROW, CHOICE_COMMA, CHOICE_COMMA)};

bool trace_format_named(const char *word, enum trace_format *format)
{
	for (size_t i = 0; i < COUNT_OF(formats); i++)
		if (strcmp(word, formats[i].word) == 0) {
			*format = (enum trace_format)i;
			return true;
		}
	return false;
}

bool trace_format_of_file(const char *file, enum trace_format *format)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	for (size_t i = 0; i < COUNT_OF(formats); i++) {
		size_t n = strlen(name), ending = strlen(formats[i].ending);
		if (n > ending && strcasecmp(name + n - ending, formats[i].ending) == 0) {
			*format = (enum trace_format)i;
			return true;
		}
	}
	return false;
}

void export_flush(struct export *export)
{
	fwrite(buf_text(&export->out), 1, export->out.len, export->to);
	buf_clear(&export->out);
}

bool export_in_range(const struct export *export, uint64_t number)
{
	return number >= export->range.from && number <= export->range.to;
}

static void format_add_left_out(const struct trace_file *file, struct buf *said)
{
	size_t before = said->len;
	(void)trace_left_out(said, file);
	if (said->len > before)
		buf_char(said, '\n');
}

enum status trace_export(const char *path, enum trace_format format, const struct trace_choice *choice, FILE *to,
			 struct buf *said, struct err *err)
{
	struct trace_file *file = trace_open(path, err);
	if (!file)
		return err->status;
	struct export export = {.file = file, .to = to, .said = said};
	enum status status = export_choose(file, choice, &export.range, err);
	if (!status)
		status = formats[format].write(&export, err);
	if (!status) {
		export_flush(&export);
		format_add_left_out(file, said);
	}
	buf_free(&export.out);
	trace_close(file);
	return status;
}
