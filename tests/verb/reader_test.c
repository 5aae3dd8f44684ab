/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard output whose reader has left, or that is full: every verb that writes ends as any filter does, or says why. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static char dir[] = "/tmp/teller-reader-XXXXXX";

/* $T is a trace. */
static const char *const lines[] = {
	"list",
	"list --csv",
	"list --json",
	"list --format jsonl",
	"list --format md",
	"show 7001",
	"count",
	"ledger",
	"ledger --json",
	"export -",
	"sessions",
	"sessions --tree --json",
	"doctor",
	"doctor --json",
	"help",
	"help list",
	"version",
	"--help",
	"--version",
	"completion bash",
	"verify --json",
	"lab list",
	"lab show write-skew",
	"lab program loop python",
	"lab handout write-skew",
	"lab run first-transfer",
	"lab run first-transfer --transcript",
	"lab run first-transfer --json",
	"trace show $T",
	"trace show $T --json",
	"trace show $T --csv",
	"trace play $T --speed 100",
	"trace export $T --to md",
	"trace export $T --to html",
	"trace export $T --to svg",
	"trace export $T --to mermaid",
	"trace export $T --to perfetto",
	"trace export $T --to otlp",
	"trace export $T --to cast",
};

static struct proc *run_with(const char *script, const char *line)
{
	struct buf text = {0};
	buf_fmt(&text, "T=%s/trace F=%s/fifo; %s exec '%s' %s", dir, dir, script, proc_teller(), line);
	struct proc *proc = proc_run((const char *const[]){"sh", "-c", text.p, NULL}, NULL, NULL);
	buf_free(&text);
	return proc;
}

/* A pipe that has had a reader. */
static void a_reader_that_has_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct proc *proc = run_with("exec 3<>$F 4>$F 3<&-; exec >&4 4>&-;", lines[i]);
		if (proc->status != 128 + SIGPIPE || strstr(buf_text(&proc->err), "teller:") ||
		    strstr(buf_text(&proc->err), "ipe"))
			fail_msg("%s: status %d: %s", lines[i], proc->status, buf_text(&proc->err));
		proc_free(proc);
	}
}

static void a_full_device(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct proc *proc = run_with("exec >/dev/full;", lines[i]);
		if (proc->status != 1 || !strstr(buf_text(&proc->err), "teller: cannot write ") ||
		    !strstr(buf_text(&proc->err), "No space left on device"))
			fail_msg("%s: status %d: %s", lines[i], proc->status, buf_text(&proc->err));
		proc_free(proc);
	}
}

static int reader_bank(void **state)
{
	char path[64];
	pg_own_database(state);
	pg_bank(30);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/fifo", dir);
	if (mkfifo(path, 0600) != 0)
		return -1;
	snprintf(path, sizeof path, "%s/trace", dir);
	struct proc *proc = teller_run("--trace", path, "transfer", "7001", "7002", "half", "--yes");
	int status = proc->status;
	proc_free(proc);
	return status;
}

static int reader_cleanup(void **state)
{
	(void)state;
	static const char *const names[] = {"fifo", "trace"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char path[64];
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_that_has_left),
		cmocka_unit_test(a_full_device),
	};
	return cmocka_run_group_tests_name("verb/reader", tests, reader_bank, reader_cleanup);
}
