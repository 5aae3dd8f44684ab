/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the verbs share: their descriptors, and what several of them use. */
#ifndef VERB_VERB_INTERNAL_H
#define VERB_VERB_INTERNAL_H

#include "app/app_private.h"
#include "cli/row_output.h"
#include "cli/run.h"

#define COMMAND_READS (COMMAND_VERB | COMMAND_SERVER | COMMAND_BANK)
#define COMMAND_CHANGES (COMMAND_WORK | COMMAND_WRITES)
/* clang-format off */
#define COMMAND_SHORT_FORM(constant, word, own, text, ...) {.name = word, .help = text, .prints = true},
#define COMMAND_FORMATS OUTPUT_SHORT_FORMS(COMMAND_SHORT_FORM) {.name = "format", .value = "FORMAT", .help = OUTPUT_FORMAT_HELP, .prints = true}
#define COMMAND_FILE_FORM(constant, word, own, text, ...) {.name = word, .help = text},
#define COMMAND_FILE_FORMATS OUTPUT_SHORT_FORMS(COMMAND_FILE_FORM) {.name = "format", .value = "FORMAT", .help = OUTPUT_FORMAT_HELP}
/* clang-format on */

extern const struct command verb_alias, verb_back, verb_bank, verb_bind, verb_breakpoint, verb_browse_log, verb_cancel,
	verb_clear, verb_close, verb_colour, verb_completion, verb_conninfo, verb_copy, verb_count, verb_counters,
	verb_create, verb_dashboard, verb_delay, verb_delete, verb_dest, verb_detail, verb_doctor, verb_down,
	verb_entry, verb_errors, verb_export, verb_filter, verb_first, verb_follow, verb_full, verb_goto,
	verb_half_down, verb_half_up, verb_help, verb_import, verb_init, verb_inject, verb_lab, verb_last, verb_ledger,
	verb_left, verb_list, verb_load, verb_log, verb_mark, verb_match, verb_next_match, verb_next_pane, verb_node,
	verb_open, verb_page_down, verb_page_up, verb_play, verb_previous_match, verb_previous_pane, verb_prompt,
	verb_protocol, verb_quit, verb_reconnect, verb_redraw, verb_refresh, verb_right, verb_rival, verb_run,
	verb_save, verb_search, verb_sessions, verb_set, verb_settle, verb_show, verb_sort, verb_source, verb_step,
	verb_suspend, verb_swap, verb_theme, verb_trace, verb_transfer, verb_tutorial, verb_unalias, verb_unbind,
	verb_undo, verb_unmark, verb_up, verb_verify, verb_version, verb_wire, verb_words, verb_zoom;

/* screen.c */
void do_screen(struct run *run); /* hands the command to the screen, under its own name */

/* set.c */
void do_setting(struct run *run); /* the setting of the command's own name */

/* create.c */

/* transfer.c, transfer_record.c */
const char *transfer_selected(const struct app *app); /* the account that is selected on the screen, or NULL */
void transfer_record(struct app *app);                /* writes the result of the transfer that has just ended */

/* ledger.c */
enum status ledger_there(const struct run *run, struct err *err); /* an error where there is no ledger */

/*
 * ledger_one.c: a transfer is named by its id, a UUID, or by 8 characters or more that only its id begins with. What
 * is asked for is taken by ledger_take_one(), which gives the whole id, borrowed, or NULL with the reading's err set.
 */
struct reading;
bool transfer_is_id(const char *word);   /* a whole id */
bool ledger_names_one(const char *word); /* a whole id, or the beginning of one */
void ledger_ask_one(struct reading *reading, const char *word);
const char *ledger_take_one(struct reading *reading, const struct rows *rows, const char *word);

/* lab_screen.c */
bool lab_screen_knows(const char *word); /* of the command lab: it is for a screen */
void lab_screen_run(struct run *run);    /* the command lab on a screen */

/* lab_open.c */
struct asset_lesson;
struct lesson;
enum status lesson_read(const char *path, struct buf *text, struct err *err);
const struct asset_lesson *lesson_named(const char *name); /* one that is built in; NULL: there is none */
/* Its text, by its name or from its file: appended. */
enum status lesson_source(const char *name, struct buf *text, struct err *err);
struct lesson *lesson_open(const char *name,
			   struct err *err); /* by its name or from its file; owned; NULL with a sentence */

#endif
