/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A million accounts: made by teller, and the same rows copied by psql, in turns. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/bench/bench.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { ROUNDS = 7 };
#define LIMIT 1.2

static char rows_file[512];

struct cost {
	double s;
	double rss_mb; /* at its largest */
};

static struct cost run(const char *const argv[])
{
	uint64_t before = clock_us();
	struct rusage usage;
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		for (int fd = 0; fd <= 2; fd++)
			dup2(null, fd);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	if (status != 0)
		fail_msg("%s failed", argv[0]);
	return (struct cost){(double)(clock_us() - before) / 1e6, (double)usage.ru_maxrss / 1024};
}

/* Every run begins with an empty table, and with nothing to write that another run has left. */
static void empty(void)
{
	pg_exec("TRUNCATE filled");
	pg_exec("CHECKPOINT");
}

static struct cost create(const char *n)
{
	empty();
	return run((const char *const[]){proc_teller(), "--table", "filled", "create", n, NULL});
}

static struct cost psql(const char *direction)
{
	char command[600];
	snprintf(command, sizeof command, "\\copy filled %s '%s'", direction, rows_file);
	return run((const char *const[]){bench_program("psql"), "-X", "-c", command, NULL});
}

void measure_create(void)
{
	static struct series teller, copy;
	snprintf(rows_file, sizeof rows_file, "%s/rows", bench_env("TMPDIR"));
	pg_exec("CREATE TABLE IF NOT EXISTS filled (LIKE accounts INCLUDING ALL)");
	struct cost large = {0}, small = create("100000");
	for (int round = 0; round < ROUNDS; round++) {
		large = create("1000000");
		series_add(&teller, large.s);
		psql("to");
		empty();
		series_add(&copy, psql("from").s);
		assert_int_equal(pg_number("SELECT count(*) FROM filled"), 1000000);
	}
	double ratio = series_ratio(&teller, &copy);
	printf("A million accounts\n");
	printf("  %-24s %6.2f s    %5.1f MB resident (%.1f for 100000)\n", "teller create", series_median(&teller),
	       large.rss_mb, small.rss_mb);
	printf("  %-24s %6.2f s    the same rows\n", "psql \\copy", series_median(&copy));
	printf("  %-24s %6.2f      at most %.1f: %s\n", "ratio", ratio, LIMIT, ratio <= LIMIT ? "ok" : "TOO LONG");
}
