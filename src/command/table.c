/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table: every command, declared once. */
#include "base/mem.h"
#include "handlers.h"

#define SCREEN COMMAND_SCREEN
#define READS (COMMAND_VERB | COMMAND_SERVER | COMMAND_BANK)
#define WRITES (COMMAND_WORK | COMMAND_WRITES)
#define MOVE                                                                                                           \
	{                                                                                                              \
		{                                                                                                      \
			"N", ARG_COUNT, true                                                                           \
		}                                                                                                      \
	}
#define FORMATS                                                                                                        \
	{"csv", NULL, "as CSV"}, {"json", NULL, "as JSON"},                                                            \
	{                                                                                                              \
		"format", "FORMAT", "table, csv, json or jsonl"                                                        \
	}
/* One command a line, whatever its length: a table is read by its columns. */
/* clang-format off */

static const struct command table[] = {
	{"back", NULL, {{0}}, {{0}}, SCREEN, "close what is on top, or leave a filter", do_screen, NULL, NULL, NULL},
	{"bank", NULL, {{0}}, {{0}}, SCREEN, "go to the accounts and the transfer", do_bank, NULL, NULL, NULL},
	{"breakpoint", NULL, {{0}}, {{0}}, SCREEN, "let a lesson stop before the selected step, or not", do_screen, NULL, NULL, NULL},
	{"browse-log", NULL, {{0}}, {{0}}, SCREEN, "show the browsing statements in the log, or not", do_screen, NULL, NULL, NULL},
	{"cancel", NULL, {{0}}, {{0}}, 0, "cancel the running transfer; never a commit that was sent", do_cancel, NULL, NULL, NULL},
	{"completion", NULL, {{"bash|zsh|fish|man", ARG_WORD, false}}, {{0}}, COMMAND_VERB, "a shell's completion, or the man page's tables", do_completion, check_completion, NULL, NULL},
	{"conninfo", NULL, {{0}}, {FORMATS}, COMMAND_VERB | COMMAND_SERVER, "where teller is connected", do_conninfo, record_check, NULL, NULL},
	{"count", NULL, {{0}}, {{"where", "FILTER", "only accounts that pass it, as in filter"}, {"exact", NULL, "count them, which is the default"}, {"about", NULL, "the server's estimate"}, FORMATS}, READS, "count the accounts, exactly", do_count, check_count, NULL, NULL},
	{"counters", NULL, {{0}}, {FORMATS}, COMMAND_VERB, "count the transfers of this run by outcome", do_counters, record_check, NULL, NULL},
	{"create", NULL, {{"N", ARG_COUNT, false}}, {{"chunk", "N", "accounts per transaction (1000; by COPY 100000)"}, {"copy", NULL, "by COPY (default above 10000)"}, {"insert", NULL, "by INSERT"}}, READS | WRITES, "add accounts with random ids and balances", do_create, check_create, prepare_adding, NULL},
	{"delay", NULL, {{"MS|off", ARG_WORD, true}}, {{0}}, 0, "wait before each round trip of a transfer", do_setting, NULL, NULL, NULL},
	{"delete", NULL, {{"ID...", ARG_ACCOUNTS, false}}, {{"yes", NULL, "do not ask"}}, READS | COMMAND_CONFIRM | WRITES, "delete accounts, with the money in them", do_delete, NULL, prepare_delete, describe_delete},
	{"dest", "destination", {{"ID", ARG_ACCOUNT, true}}, {{0}}, COMMAND_BANK, "pick the account that receives (default: the selected one)", do_dest, NULL, NULL, NULL},
	{"detail", NULL, {{0}}, {{0}}, SCREEN, "show the selected step of a lesson in full", do_screen, NULL, NULL, NULL},
	{"doctor", NULL, {{0}}, {FORMATS}, COMMAND_VERB, "check terminal, server and bank; say what to do", do_doctor, record_check, NULL, NULL},
	{"down", NULL, MOVE, {{0}}, SCREEN, "move down", do_screen, NULL, NULL, NULL},
	{"entry", NULL, {{0}}, {{0}}, SCREEN, "show the selected transfer of the ledger in full", do_entry, NULL, NULL, NULL},
	{"errors", NULL, {{0}}, {{0}}, SCREEN, "show only errors in the log, or all", do_screen, NULL, NULL, NULL},
	{"export", NULL, {{"FILE|-", ARG_WORD, false}}, {FORMATS}, READS, "write all accounts to a file, as its ending says", do_export, check_export, NULL, NULL},
	{"filter", NULL, {{"CONDITION", ARG_REST, true}}, {{0}}, COMMAND_BANK, "show only the accounts that pass it: balance > 1000 and id < 5; alone: show all", do_filter, NULL, NULL, NULL},
	{"first", NULL, {{0}}, {{0}}, SCREEN, "go to the first row", do_screen, NULL, NULL, NULL},
	{"follow", NULL, {{0}}, {{0}}, SCREEN, "keep the newest event of the log in view, or not", do_screen, NULL, NULL, NULL},
	{"full", NULL, {{0}}, {{0}}, SCREEN, "show the full text of what is selected", do_screen, NULL, NULL, NULL},
	{"goto", NULL, {{"ID", ARG_ACCOUNT, false}}, {{0}}, SCREEN | COMMAND_BANK, "go to that account, or the next one there is", do_goto, NULL, NULL, NULL},
	{"half-down", NULL, MOVE, {{0}}, SCREEN, "move down half a page", do_screen, NULL, NULL, NULL},
	{"half-up", NULL, MOVE, {{0}}, SCREEN, "move up half a page", do_screen, NULL, NULL, NULL},
	{"help", "?", {{"COMMAND", ARG_COMMAND, true}}, {FORMATS}, COMMAND_VERB, "the commands, or one of them", do_help, record_check, NULL, NULL},
	{"import", NULL, {{"FILE.csv|-", ARG_WORD, false}}, {{"strict", NULL, "stop at the first bad line (default)"}, {"skip-bad", NULL, "report bad lines, and leave them out"}, {"from-line", "N", "skip the lines before this one"}, {"chunk", "N", "accounts per transaction (default 5000)"}}, READS | WRITES, "add the accounts of a file: id,balance", do_import, check_import, prepare_adding, NULL},
	{"init", NULL, {{0}}, {{"accounts", "N", "number of accounts to add where there are none (default 100)"}}, COMMAND_VERB | COMMAND_SERVER | WRITES, "make the tables, and fill accounts if it is empty", do_init, check_init, NULL, NULL},
	{"inject", NULL, {{"N|cut|cut-before|off", ARG_WORD, true}}, {{0}}, 0, "make the next attempts fail, or cut the next commit", do_setting, NULL, NULL, NULL},
	{"lab", NULL, {{"list|show|run|play|check|new", ARG_WORD, true}, {"LESSON", ARG_LESSON, true}}, {{"transcript", NULL, "write what isolationtester writes, byte for byte"}, FORMATS}, COMMAND_VERB, "list, show and play lessons and spec files", do_lab, check_lab, NULL, NULL},
	{"last", NULL, {{0}}, {{0}}, SCREEN, "go to the last row", do_screen, NULL, NULL, NULL},
	{"ledger", NULL, {{0}}, {{"of", "ID", "only transfers that this account took part in"}, {"id", "UUID", "only this transfer"}, {"limit", "N", "maximum number of rows (default 20)"}, FORMATS}, READS, "list the transfers that were made, newest first", do_ledger, check_ledger, prepare_ledger, NULL},
	{"left", NULL, MOVE, {{0}}, SCREEN, "scroll to the left", do_screen, NULL, NULL, NULL},
	{"list", NULL, {{0}}, {{"limit", "N", "maximum number of rows (default 20)"}, {"after", "ID", "start after this id"}, {"where", "FILTER", "only accounts that pass it, as in filter"}, {"sort", "COLUMN", "id, balance or balance desc"}, FORMATS}, READS, "list accounts, by id unless sorted", do_list, check_list, NULL, NULL},
	{"log", NULL, {{0}}, {{0}}, SCREEN, "go to the log", do_screen, NULL, NULL, NULL},
	{"next-pane", NULL, {{0}}, {{0}}, SCREEN, "go to the next pane", do_screen, NULL, NULL, NULL},
	{"open", NULL, {{0}}, {{0}}, SCREEN, "play the selected lesson", do_screen, NULL, NULL, NULL},
	{"page-down", NULL, MOVE, {{0}}, SCREEN, "move down a page", do_screen, NULL, NULL, NULL},
	{"page-up", NULL, MOVE, {{0}}, SCREEN, "move up a page", do_screen, NULL, NULL, NULL},
	{"previous-pane", NULL, {{0}}, {{0}}, SCREEN, "go to the previous pane", do_screen, NULL, NULL, NULL},
	{"prompt", NULL, {{"TEXT", ARG_REST, true}}, {{0}}, SCREEN, "open the command line, with this text in it", do_screen, NULL, NULL, NULL},
	{"protocol", NULL, {{"auto|savepoint|restart|none", ARG_WORD, true}}, {{0}}, 0, "how to retry; without a word: the next one", do_protocol, NULL, NULL, NULL},
	{"quit", "q", {{0}}, {{0}}, 0, "leave teller", do_quit, NULL, NULL, NULL},
	{"reconnect", NULL, {{0}}, {{0}}, 0, "make the connections again", do_reconnect, NULL, NULL, NULL},
	{"redraw", NULL, {{0}}, {{0}}, SCREEN, "draw the whole screen again", do_screen, NULL, NULL, NULL},
	{"refresh", NULL, {{0}}, {{0}}, SCREEN | COMMAND_BANK, "read the accounts on the screen again", do_refresh, NULL, NULL, NULL},
	{"right", NULL, MOVE, {{0}}, SCREEN, "scroll to the right", do_screen, NULL, NULL, NULL},
	{"rival", NULL, {{"on|off|toggle", ARG_ONOFF, true}}, {{0}}, COMMAND_BANK, "let the next transfer meet a real conflict", do_rival, NULL, NULL, NULL},
	{"search", NULL, {{"BEGINNING", ARG_WORD, true}}, {{0}}, SCREEN | COMMAND_BANK, "go to the first id that begins so; alone: while you type it", do_search, NULL, NULL, NULL},
	{"set", NULL, {{"NAME", ARG_WORD, true}, {"VALUE", ARG_WORD, true}}, {FORMATS}, 0, "show the settings, or change one", do_set, check_set, NULL, NULL},
	{"settle", NULL, {{"UUID", ARG_WORD, true}}, {FORMATS}, READS | COMMAND_WORK, "find out what became of a transfer", do_settle, check_settle, prepare_settle, NULL},
	{"show", NULL, {{"ID", ARG_ACCOUNT, true}}, {FORMATS}, READS, "show one account and its last transfers", do_show, NULL, prepare_show, NULL},
	{"sort", NULL, {{"id|balance|next|reverse", ARG_REST, true}}, {{0}}, COMMAND_BANK, "sort the accounts in this order; append desc for descending order; alone: by id", do_sort, NULL, NULL, describe_sort},
	{"source", NULL, {{"ID", ARG_ACCOUNT, true}}, {{0}}, COMMAND_BANK, "pick the account that pays (default: the selected one)", do_source, NULL, NULL, NULL},
	{"step", NULL, {{"on|off|toggle", ARG_ONOFF, true}}, {{0}}, 0, "hold each statement of a transfer; alone: send it", do_step, check_step, NULL, NULL},
	{"suspend", NULL, {{0}}, {{0}}, SCREEN, "stop teller; the shell's fg brings it back", do_screen, NULL, NULL, NULL},
	{"swap", NULL, {{0}}, {{0}}, 0, "swap source and destination", do_swap, NULL, NULL, NULL},
	{"transfer", NULL, {{"FROM", ARG_ACCOUNT, true}, {"TO", ARG_ACCOUNT, true}, {"half|all|AMOUNT", ARG_RULE, true}}, {{"id", "UUID", "the transfer's id in the ledger"}, {"yes", NULL, "do not ask"}, {"dry-run", NULL, "show what would be sent, and write nothing"}, FORMATS}, READS | COMMAND_CONFIRM | WRITES, "move money (default: half, from source to dest)", do_transfer, check_transfer, prepare_transfer, describe_transfer},
	{"tutorial", NULL, {{0}}, {{"accounts", "N", "number of accounts to add to those there are (default 100)"}, {"yes", NULL, "do not ask"}}, COMMAND_VERB | COMMAND_SERVER | WRITES | COMMAND_TABLES | COMMAND_CONFIRM, "the tutorial's program, printed as it prints", do_tutorial, check_tutorial, prepare_tutorial, describe_tutorial},
	{"undo", NULL, {{"UUID", ARG_WORD, true}}, {{"yes", NULL, "do not ask"}, FORMATS}, READS | WRITES, "move back what a transfer moved (default: the last)", do_undo, check_undo, prepare_undo, NULL},
	{"up", NULL, MOVE, {{0}}, SCREEN, "move up", do_screen, NULL, NULL, NULL},
	{"verify", NULL, {{0}}, {{"total", "SUM", "what all balances must come to"}, FORMATS}, READS, "check that accounts and ledger agree", do_verify, check_verify, NULL, NULL},
	{"version", NULL, {{0}}, {FORMATS}, COMMAND_VERB, "name and version", do_version, record_check, NULL, NULL},
	{"wire", NULL, {{"pipeline|step|oneshot", ARG_WORD, true}}, {{0}}, 0, "how statements travel", do_setting, NULL, NULL, NULL},
	{"zoom", NULL, {{0}}, {{0}}, SCREEN, "give the whole screen to this pane, or share it again", do_screen, NULL, NULL, NULL},
};
/* clang-format on */

const struct command *command_table(size_t *n)
{
	*n = COUNT_OF(table);
	return table;
}
