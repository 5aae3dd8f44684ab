/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The completion of shells: bash reads it and completes; the others hold every verb and option; the man page holds them
 * too. */
#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "base/mem.h"
#include "cli/options.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "verb/verb.h"

/* What bash offers for the last of these words, with a blank around each. */
static void check_offers(const char *words, const char *offered, const char *not_offered)
{
	struct buf script = {0};
	buf_fmt(&script,
		"eval \"$('%s' completion bash)\" || exit 1\n"
		"complete -p teller >/dev/null || exit 1\n"
		"COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _teller\n"
		"echo \" ${COMPREPLY[*]} \"\n",
		proc_teller(), words);
	const char *const argv[] = {"bash", "-c", buf_text(&script), NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->err), "");
	if (!strstr(buf_text(&proc->out), offered))
		fail_msg("%s: no%sin:%s", words, offered, buf_text(&proc->out));
	if (not_offered && strstr(buf_text(&proc->out), not_offered))
		fail_msg("%s:%sin:%s", words, not_offered, buf_text(&proc->out));
	proc_free(proc);
	buf_free(&script);
}

static void bash_completes(void **state)
{
	(void)state;
	check_offers("teller ''", " transfer ", " --host ");
	check_offers("teller tra", " transfer ", " list ");
	check_offers("teller -h here --", " --host ", NULL);
	check_offers("teller demo tut", " tutorial ", NULL);
	check_offers("teller list --", " --limit ", NULL);
	check_offers("teller list --li", " --limit ", " --host ");
	check_offers("teller --format js", " json jsonl ", NULL);
	check_offers("teller list --protocol ''", " auto savepoint restart none ", NULL);
	check_offers("teller completion ''", " bash zsh fish man ", NULL);
	check_offers("teller -f /et", " /etc ", NULL);
	check_offers("teller --seed ''", "  ", " list ");
	check_offers("teller lab ''", " play ", " write-skew ");
	check_offers("teller lab play ''", " write-skew ", " list ");
	check_offers("teller lab play w", " write-skew ", " first-transfer ");
	check_offers("teller demo lab play w", " write-skew ", " list ");
	check_offers("teller lab run --transcript dead", " deadlock ", NULL);
	check_offers("teller lab check /et", " /etc ", NULL);
	check_offers("teller help ''", " transfer ", " --csv ");
	check_offers("teller help --", " --csv ", " transfer ");
	check_offers("teller export /et", " /etc ", " --csv ");
	check_offers("teller import /et", " /etc ", " --chunk ");
	check_offers("teller transfer 1 2 ''", " half all ", " --id ");
	check_offers("teller list ''", " --limit ", " transfer ");
	check_offers("teller trace export x --to ''", " md html svg ", " --from ");
	check_offers("teller trace export x --to m", " md mermaid ", " svg ");
	check_offers("teller trace export x -o /et", " /etc ", NULL);
	check_offers("teller load --way lo", " lock ", " --wire ");
}

static void check_all_named(const char *text, const char *before)
{
	size_t n, noptions;
	const struct command *const *commands = command_table(&n);
	const struct option *options = options_table(&noptions);
	for (size_t i = 0; i < n; i++)
		if ((commands[i]->flags & COMMAND_VERB) && !strstr(text, commands[i]->name))
			fail_msg("no %s", commands[i]->name);
	for (size_t i = 0; i < noptions; i++) {
		struct buf name = {0};
		buf_str(&name, before);
		for (const char *p = options[i].name; *p; p++)
			buf_fmt(&name, "%s%c", *p == '-' && before[0] == '\\' ? "\\" : "", *p);
		if (options[i].help && !strstr(text, buf_text(&name)))
			fail_msg("no %s", buf_text(&name));
		buf_free(&name);
	}
}

static void others_name_everything(void **state)
{
	(void)state;
	static const char *const all[][2] = {{"bash", "--"}, {"zsh", "--"}, {"fish", "-l "}, {"man", "\\-\\-"}};
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		struct proc *proc = teller_run("completion", all[i][0]);
		proc_expect_status(proc, 0);
		check_all_named(buf_text(&proc->out), all[i][1]);
		proc_free(proc);
	}
	struct proc *proc = teller_run("completion", "csh");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "completion is for bash, zsh or fish, not \"csh\"");
	proc_free(proc);
}

int main(void)
{
	command_use(verb_table, verb_table_n);
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bash_completes),
		cmocka_unit_test(others_name_everything),
	};
	return cmocka_run_group_tests_name("verb/completion", tests, NULL, NULL);
}
