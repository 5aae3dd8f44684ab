/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The handlers that the command table names, by the room they live in. */
#ifndef COMMAND_HANDLERS_H
#define COMMAND_HANDLERS_H

#include "command/run.h"

/* screen.c */
void do_screen(struct run *run); /* hands the command to the screen, under its own name */
void do_bank(struct run *run);
void do_goto(struct run *run);
void do_refresh(struct run *run);
void do_help(struct run *run);

/* show.c, ledger.c, undo.c, verify.c */
void do_show(struct run *run);
enum status prepare_show(struct run *run, struct err *err);
void do_entry(struct run *run);
void do_ledger(struct run *run);
enum status check_ledger(const struct run *run, struct err *err);
enum status prepare_ledger(struct run *run, struct err *err);
void do_undo(struct run *run);
enum status check_undo(const struct run *run, struct err *err);
enum status prepare_undo(struct run *run, struct err *err);
void do_verify(struct run *run);
enum status check_verify(const struct run *run, struct err *err);

/* transfer.c */
void do_transfer(struct run *run);
enum status check_transfer(const struct run *run, struct err *err);
enum status prepare_transfer(struct run *run, struct err *err);
void describe_transfer(struct buf *out, const struct run *run);
void do_source(struct run *run);
void do_dest(struct run *run);
void do_swap(struct run *run);
void do_rival(struct run *run);

/* tune.c */
void do_set(struct run *run);
enum status check_set(const struct run *run, struct err *err);
void do_setting(struct run *run); /* the setting of the command's own name */
void do_protocol(struct run *run);

/* step.c */
void do_step(struct run *run);
enum status check_step(const struct run *run, struct err *err);

/* counters.c */
void do_counters(struct run *run);

/* settle.c */
void do_settle(struct run *run);
enum status check_settle(const struct run *run, struct err *err);
enum status prepare_settle(struct run *run, struct err *err);

/* record.c */
enum status record_check(const struct run *run,
			 struct err *err); /* of commands whose format may be wrong, and nothing else */

/* doctor.c */
void do_doctor(struct run *run);

/* shells.c */
void do_completion(struct run *run);
enum status check_completion(const struct run *run, struct err *err);

/* tutorial.c */
void do_tutorial(struct run *run);
enum status check_tutorial(const struct run *run, struct err *err);
enum status prepare_tutorial(struct run *run, struct err *err);
void describe_tutorial(struct buf *out, const struct run *run);

/* lab.c */
void do_lab(struct run *run);
enum status check_lab(const struct run *run, struct err *err);

/* list.c, count.c */
void do_list(struct run *run);
enum status check_list(const struct run *run, struct err *err);
void do_count(struct run *run);
enum status check_count(const struct run *run, struct err *err);

/* browse.c */
void do_filter(struct run *run);
void do_sort(struct run *run);
void describe_sort(struct buf *out, const struct run *run);
void do_search(struct run *run);

/* create.c */
enum status prepare_adding(struct run *run, struct err *err); /* of create and import */
void do_create(struct run *run);
enum status check_create(const struct run *run, struct err *err);

/* import.c */
void do_import(struct run *run);
enum status check_import(const struct run *run, struct err *err);

/* delete.c */
void do_delete(struct run *run);
enum status prepare_delete(struct run *run, struct err *err);
void describe_delete(struct buf *out, const struct run *run);

/* export.c */
void do_export(struct run *run);
enum status check_export(const struct run *run, struct err *err);

/* session.c */
void do_init(struct run *run);
enum status check_init(const struct run *run, struct err *err);
void do_cancel(struct run *run);
void do_conninfo(struct run *run);
void do_reconnect(struct run *run);
void do_version(struct run *run);
void do_quit(struct run *run);

#endif
