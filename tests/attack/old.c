/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One teller that lives through all faults, is asked something all the time, and must not grow. */
#include "tests/attack/old.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/proc.h"

/* A teller has at most two sessions of its own, one that watches, and one that asks the server to cancel. */
enum { SOCKETS_MAX = 4, WARM_PHASES = 6, GROWTH_KB = 8192 };

static struct {
	struct proc *proc;
	int script;
	unsigned long asked;
	struct open_files {
		long sockets, others;
	} files, first_files;
	long kb, first_kb;
} old;

void old_start(const char *host_dir)
{
	char path[100], host[100];
	snprintf(path, sizeof path, "%s/commands", host_dir);
	snprintf(host, sizeof host, "PGHOST=%s", host_dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	const char *const argv[] = {"sh", "-c", "exec \"$0\" --backoff=1,50 <\"$1\"", proc_teller(), path, NULL};
	const char *const env[] = {host, "PGPORT=5432",
				   "ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=2:detect_leaks=1:exitcode=99",
				   NULL};
	old.proc = proc_start(argv, env, NULL);
	old.script = open(path, O_WRONLY | O_CLOEXEC);
	unlink(path);
}

void old_ask(struct dice *dice)
{
	static const char *const lines[] = {"list --limit 3\n",
					    "count\n",
					    "ledger --limit 5\n",
					    "verify\n",
					    "conninfo\n",
					    "transfer 1 2 1 --yes\n",
					    "transfer 2 1 1 --yes\n",
					    "show 1\n",
					    "counters\n",
					    "reconnect\n"};
	const char *line = dice_pick(dice, lines, sizeof lines / sizeof lines[0]);
	struct pollfd room = {.fd = old.script, .events = POLLOUT};
	if (poll(&room, 1, 0) == 1 && write(old.script, line, strlen(line)) > 0)
		old.asked++;
	proc_ended(old.proc, 0);
	buf_clear(&old.proc->out);
	buf_clear(&old.proc->err);
}

static long old_status(const char *field)
{
	char path[64], line[200];
	long value = 0;
	snprintf(path, sizeof path, "/proc/%d/status", old.proc->pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, field, strlen(field)) == 0)
			value = strtol(line + strlen(field), NULL, 10);
	if (file)
		fclose(file);
	return value;
}

static struct open_files old_files(void)
{
	struct open_files files = {0};
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/fd", old.proc->pid);
	DIR *dir = opendir(path);
	for (const struct dirent *entry; dir && (entry = readdir(dir));) {
		char name[16] = {0};
		if (readlinkat(dirfd(dir), entry->d_name, name, sizeof name - 1) < 0)
			continue;
		if (strncmp(name, "socket:", 7) == 0)
			files.sockets++;
		else
			files.others++;
	}
	if (dir)
		closedir(dir);
	return files;
}

/* Once it has answered all that it was asked; the first phases fill its ring of events. */
void old_measure(unsigned long phase)
{
	if (write(old.script, "help xyzzy\n", 11) != 11)
		fail_msg("the teller that lives long does not read");
	proc_wait_output(old.proc, "xyzzy");
	old.files = old_files();
	old.kb = old_status("VmRSS:");
	if (phase == 0)
		old.first_files = old.files;
	if (phase < WARM_PHASES)
		old.first_kb = old.kb;
	if (old.files.sockets > SOCKETS_MAX || old.files.others > old.first_files.others)
		fail_msg("phase %lu: %ld sockets and %ld other files are open; at most %d, and %ld at first", phase,
			 old.files.sockets, old.files.others, (int)SOCKETS_MAX, old.first_files.others);
}

static void old_tell(unsigned long phases)
{
	printf("# measured: one teller through all of it: %lu commands, %ld files open, %ld kB after %d phases, %ld "
	       "kB at the end\n",
	       old.asked, old.files.sockets + old.files.others, old.first_kb, (int)WARM_PHASES, old.kb);
	if (phases > 10 * WARM_PHASES)
		assert_in_range(old.kb, 0, old.first_kb + GROWTH_KB);
}

void old_end(unsigned long phases)
{
	old_tell(phases);
	close(old.script);
	proc_wait(old.proc);
	if (old.proc->status >= 99)
		fail_msg("the teller that lives long ended with %d: %.2000s", old.proc->status,
			 buf_text(&old.proc->err));
	old_kill();
}

void old_kill(void)
{
	if (old.proc)
		proc_free(old.proc);
	old.proc = NULL;
}
