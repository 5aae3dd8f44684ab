/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What proc and term share: a changed environment, deadlines, an exit status. */
#include "tests/support/spawn.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct deadline deadline_in(int ms)
{
	return (struct deadline){clock_us() + (uint64_t)ms * 1000};
}

int deadline_left(struct deadline deadline)
{
	uint64_t now = clock_us();
	return now >= deadline.at_us ? 0 : (int)((deadline.at_us - now + 999) / 1000);
}

static void change(const char *setting)
{
	const char *equals = strchr(setting, '=');
	char *name = equals ? mem_dup_n(setting, (size_t)(equals - setting)) : mem_dup(setting);
	if (equals)
		setenv(name, equals + 1, 1);
	else
		unsetenv(name);
	free(name);
}

_Noreturn void spawn_exec(const char *const argv[], const char *const env[])
{
	for (size_t i = 0; env && env[i]; i++)
		change(env[i]);
	/* What was blocked or ignored here is no business of the child's. */
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	perror(argv[0]);
	_exit(127);
}

bool spawn_ended(pid_t pid, int *status)
{
	int raw;
	if (waitpid(pid, &raw, WNOHANG) != pid)
		return false;
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
	return true;
}

void spawn_reap(pid_t pid)
{
	int raw;
	waitpid(pid, &raw, 0);
}
