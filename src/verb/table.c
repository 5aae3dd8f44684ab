/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table: every verb and command of the screen, sorted by name. */
#include "base/mem.h"
#include "verb/verb.h"
#include "verb_internal.h"

const struct command *const verb_table[] = {
	&verb_back,           &verb_bank,          &verb_bind,
	&verb_breakpoint,     &verb_browse_log,    &verb_cancel,
	&verb_clear,          &verb_close,         &verb_completion,
	&verb_conninfo,       &verb_count,         &verb_counters,
	&verb_create,         &verb_dashboard,     &verb_delay,
	&verb_delete,         &verb_dest,          &verb_detail,
	&verb_doctor,         &verb_down,          &verb_entry,
	&verb_errors,         &verb_export,        &verb_filter,
	&verb_first,          &verb_follow,        &verb_full,
	&verb_goto,           &verb_half_down,     &verb_half_up,
	&verb_help,           &verb_import,        &verb_init,
	&verb_inject,         &verb_lab,           &verb_last,
	&verb_ledger,         &verb_left,          &verb_list,
	&verb_load,           &verb_log,           &verb_match,
	&verb_next_match,     &verb_next_pane,     &verb_node,
	&verb_open,           &verb_page_down,     &verb_page_up,
	&verb_previous_match, &verb_previous_pane, &verb_prompt,
	&verb_protocol,       &verb_quit,          &verb_reconnect,
	&verb_redraw,         &verb_refresh,       &verb_right,
	&verb_rival,          &verb_run,           &verb_search,
	&verb_sessions,       &verb_set,           &verb_settle,
	&verb_show,           &verb_sort,          &verb_source,
	&verb_step,           &verb_suspend,       &verb_swap,
	&verb_trace,          &verb_transfer,      &verb_tutorial,
	&verb_unbind,         &verb_undo,          &verb_up,
	&verb_verify,         &verb_version,       &verb_wire,
	&verb_words,          &verb_zoom,
};

const size_t verb_table_n = COUNT_OF(verb_table);
