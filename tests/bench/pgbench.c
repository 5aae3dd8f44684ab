/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pgbench as a client: one connection, prepared statements, a script of the same statements as teller's. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/bench/bench.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"

/* With `log`, the time of each transaction goes into files of that name with something behind it. */
static struct proc *run(const char *host, const char *script, unsigned n, const char *log)
{
	char path[512], transactions[16], prefix[512];
	snprintf(path, sizeof path, "%s/%s.sql", bench_env("BENCH_SCRIPTS"), script);
	snprintf(transactions, sizeof transactions, "%u", n);
	snprintf(prefix, sizeof prefix, "--log-prefix=%s", log ? log : "");
	const char *argv[] = {bench_program("pgbench"),
			      "-n",
			      "-M",
			      "prepared",
			      "-c",
			      "1",
			      "-t",
			      transactions,
			      "-f",
			      path,
			      "-h",
			      host,
			      "-p",
			      "5432",
			      log ? "-l" : NULL,
			      log ? prefix : NULL,
			      NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	return proc;
}

double pgbench_rate(const char *host, const char *script, unsigned n)
{
	struct proc *proc = run(host, script, n, NULL);
	const char *tps = strstr(buf_text(&proc->out), "tps = ");
	if (!tps)
		fail_msg("pgbench did not say how fast it was: %s", buf_text(&proc->out));
	double rate = strtod(tps + strlen("tps = "), NULL);
	proc_free(proc);
	return rate;
}

/* Each line: client, transaction, its time in microseconds ... */
static unsigned read_times(const char *path, double *each_ms, unsigned max)
{
	FILE *file = fopen(path, "r");
	unsigned n = 0;
	double us;
	while (file && n < max && fscanf(file, "%*d %*d %lf %*[^\n]", &us) == 1)
		each_ms[n++] = us / 1000;
	if (file)
		fclose(file);
	return n;
}

double pgbench_latency_ms(const char *host, const char *script, unsigned n)
{
	char log[256], pattern[300];
	glob_t found;
	double *each_ms = mem_array(n, sizeof *each_ms);
	snprintf(log, sizeof log, "%s/pgbench", bench_env("TMPDIR"));
	snprintf(pattern, sizeof pattern, "%s.*", log);
	proc_free(run(host, script, n, log));
	if (glob(pattern, 0, NULL, &found) != 0)
		fail_msg("pgbench left no %s", pattern);
	unsigned read = read_times(found.gl_pathv[0], each_ms, n);
	unlink(found.gl_pathv[0]);
	globfree(&found);
	double middle = median_of(each_ms, read);
	free(each_ms);
	return middle;
}
