/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as one HTML file: the diagram with a slider over its events, and each event in full; nothing is fetched. */
#include <inttypes.h>
#include <string.h>

#include "svg_internal.h"

static const char html_rules[] =
	"body { margin: 0 auto; max-width: 80rem; padding: 0 1rem 2rem; background: var(--ground); color: "
	"var(--text);\n"
	"  font: 1rem/1.5 system-ui, sans-serif; }\n"
	"h1 { margin: 1rem 0 0; font-size: 1.4rem; } h2 { font-size: 1.1rem; }\n"
	"p { margin: .2rem 0; } .faint { color: var(--faint); }\n"
	".bar { position: sticky; top: 0; padding: .5rem 0; background: var(--ground); border-bottom: 1px solid "
	"var(--line); }\n"
	".bar div { display: flex; gap: .75rem; align-items: center; } input { flex: 1; height: 1.5rem; }\n"
	"input:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }\n"
	"#now { min-height: 3rem; max-height: 9rem; overflow: auto; }\n"
	"figure { margin: 0; overflow-x: auto; } .d-diagram { display: block; height: auto; min-width: 50rem; }\n"
	".d-fit { width: 100%; }\n"
	"code { font-family: ui-monospace, monospace; font-size: .9em; background: var(--code); padding: .05rem "
	".2rem;\n"
	"  overflow-wrap: anywhere; white-space: pre-wrap; }\n"
	"ol { list-style: none; padding: 0; } li { padding: .15rem .4rem; border-left: 4px solid transparent; }\n"
	"li.now { border-left-color: var(--text); background: var(--code); } li.now code { background: var(--ground); "
	"}\n"
	".good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }\n"
	".later { visibility: hidden; } li.later { visibility: visible; color: var(--faint); }\n"
	".d-row { scroll-margin: 12rem 0 2rem; }\n"
	".d-row.now text { font-weight: bold; } .d-row.now .d-arrow { stroke-width: 2.5; }\n"
	"@media print { .bar { display: none; } .later { visibility: visible; } }\n";

/* Rows and items are in the same order; what spans rows has the number of its first one. */
static const char html_script[] =
	"\n(function () {\n"
	"  'use strict';\n"
	"  var at = document.getElementById('at'), count = document.getElementById('count');\n"
	"  var now = document.getElementById('now');\n"
	"  var rows = document.querySelectorAll('.d-row'), items = document.querySelectorAll('#events li');\n"
	"  var spans = document.querySelectorAll('[data-row]');\n"
	"  function mark(list, n) {\n"
	"    for (var i = 0; i < list.length; i++) {\n"
	"      list[i].classList.toggle('later', i >= n);\n"
	"      list[i].classList.toggle('now', i === n - 1);\n"
	"    }\n"
	"  }\n"
	"  function show(n) {\n"
	"    n = Math.max(1, Math.min(rows.length, n));\n"
	"    at.value = n;\n"
	"    count.textContent = n + ' of ' + rows.length;\n"
	"    now.textContent = items[n - 1].textContent;\n"
	"    mark(rows, n);\n"
	"    mark(items, n);\n"
	"    for (var i = 0; i < spans.length; i++)\n"
	"      spans[i].classList.toggle('later', Number(spans[i].getAttribute('data-row')) >= n);\n"
	"  }\n"
	"  function go(n) {\n"
	"    show(n);\n"
	"    rows[Number(at.value) - 1].scrollIntoView({ block: 'nearest', inline: 'nearest' });\n"
	"  }\n"
	"  at.addEventListener('input', function () { go(Number(at.value)); });\n"
	"  document.addEventListener('keydown', function (event) {\n"
	"    var steps = { '<': -1, '>': 1, ',': -1, '.': 1 };\n"
	"    if (event.ctrlKey || event.metaKey || event.altKey || !steps[event.key]) return;\n"
	"    go(Number(at.value) + steps[event.key]);\n"
	"    event.preventDefault();\n"
	"  });\n"
	"  show(rows.length);\n"
	"})();\n";

/* The parts of an item, with a comma between them. */
struct html_parts {
	struct buf *out;
	bool any;
};

static void html_part(struct html_parts *parts, const char *tag, const char *class, const char *text)
{
	if (!text[0])
		return;
	buf_fmt(parts->out, "%s<%s class=\"%s\">", parts->any ? ", " : " ", tag, class);
	page_words(parts->out, text);
	buf_fmt(parts->out, "</%s>", tag);
	parts->any = true;
}

static void html_item(struct buf *out, const struct diagram_row *row)
{
	static const char *const tones[] = {[DIAGRAM_PLAIN] = "text",
					    [DIAGRAM_GOOD] = "good",
					    [DIAGRAM_BAD] = "bad",
					    [DIAGRAM_WAITING] = "wait",
					    [DIAGRAM_FAINT] = "faint"};
	struct html_parts parts = {out, false};
	struct buf ms = {0};
	if (row->ms[0])
		buf_fmt(&ms, "%s%s", row->ms, strchr(row->ms, 's') ? "" : " ms");
	buf_fmt(out, "<li><span class=\"faint\">%" PRIu64 "</span> ", row->number);
	page_element(out, "strong", row->who);
	if (row->kind != DIAGRAM_ROWS && row->kind != DIAGRAM_OUTCOME)
		html_part(&parts, row->kind <= DIAGRAM_ANSWER ? "code" : "span", "text", row->what);
	html_part(&parts, "span", tones[row->tone], row->answer);
	if (row->kind == DIAGRAM_OUTCOME)
		html_part(&parts, "span", "text", row->what);
	html_part(&parts, "span", tones[row->tone], row->detail);
	html_part(&parts, "strong", "good", row->mark);
	html_part(&parts, "span", "faint", buf_text(&ms));
	buf_str(out, "</li>\n");
	buf_free(&ms);
}

static size_t html_count(const struct diagram *diagram)
{
	size_t n = 0;
	for (size_t i = 0; i < diagram->nrows; i++)
		n += diagram->rows[i].kind != DIAGRAM_GONE;
	return n;
}

static void html_bar(struct buf *out, size_t n)
{
	buf_fmt(out,
		"<div class=\"bar\"><div><label for=\"at\">Event</label>\n"
		"<input type=\"range\" id=\"at\" min=\"1\" max=\"%zu\" value=\"%zu\" step=\"1\" autofocus>\n"
		"<output id=\"count\" for=\"at\">%zu of %zu</output></div>\n"
		"<p id=\"now\" aria-live=\"polite\">The arrows, Home and End of the keyboard move the slider; so do "
		"&lt; and "
		"&gt;.</p></div>\n",
		n, n, n, n);
}

static void html_body(struct buf *out, const struct diagram *diagram)
{
	buf_str(out, "<body>\n<div role=\"main\">\n");
	page_element(out, "h1", diagram->title);
	buf_str(out, "\n<p class=\"faint\">");
	page_words(out, diagram->about);
	buf_str(out, "</p>\n");
	html_bar(out, html_count(diagram));
	buf_str(out, "<figure>\n");
	svg_diagram(out, diagram, false);
	buf_str(out, "</figure>\n<h2>Events</h2>\n<ol id=\"events\">\n");
	for (size_t i = 0; i < diagram->nrows; i++)
		if (diagram->rows[i].kind != DIAGRAM_GONE)
			html_item(out, &diagram->rows[i]);
	buf_str(out, "</ol>\n");
	for (size_t i = 0; i < diagram->nleft_out; i++) {
		buf_str(out, "<p class=\"faint\">");
		page_words(out, diagram->left_out[i]);
		buf_str(out, "</p>\n");
	}
	buf_str(out, "</div>\n");
}

enum status export_html(struct export *export, struct err *err)
{
	struct diagram diagram;
	enum status status = diagram_read(&diagram, export, err);
	if (!status) {
		struct buf style = {0};
		buf_str(&style, html_rules);
		svg_style(&style, true);
		page_begin(&export->out, diagram.title, style.p, html_script);
		html_body(&export->out, &diagram);
		page_end(&export->out, html_script);
		buf_free(&style);
	}
	diagram_free(&diagram);
	return status;
}
