/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ending a server process that nobody guards any more, told from a stranger that has its process number now. */
#include "src/server/orphan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined SYS_pidfd_open && defined SYS_pidfd_send_signal

/* The postmaster gives its children 5 s after SIGQUIT; a last checkpoint may take longer. */
enum { WAIT_QUIT_MS = 8000, WAIT_CHECKPOINT_MS = 60000, WAIT_KILL_MS = 2000 };

/* The first line of the file, 0 where there is none. */
static pid_t pid_read(int dir, const char *pidfile)
{
	char text[32] = "";
	int fd = openat(dir, pidfile, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	long pid = n > 0 ? strtol(text, NULL, 10) : 0;
	return pid > 1 ? (pid_t)pid : 0;
}

static bool works_in(pid_t pid, int dir)
{
	char path[64];
	struct stat cwd, place;
	snprintf(path, sizeof path, "/proc/%d/cwd", (int)pid);
	return stat(path, &cwd) == 0 && fstat(dir, &place) == 0 && cwd.st_dev == place.st_dev &&
	       cwd.st_ino == place.st_ino;
}

static bool ends_within(int pidfd, int wait_ms)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	int rc;
	while ((rc = poll(&p, 1, wait_ms)) < 0 && errno == EINTR)
		;
	return rc > 0;
}

static void orphan_tell(int pidfd, int signum)
{
	syscall(SYS_pidfd_send_signal, pidfd, signum, NULL, 0);
	syscall(SYS_pidfd_send_signal, pidfd, SIGCONT, NULL, 0); /* a stopped process would never hear it */
}

static bool end(int pidfd, int signum)
{
	orphan_tell(pidfd, signum);
	if (ends_within(pidfd, signum == SIGINT ? WAIT_CHECKPOINT_MS : WAIT_QUIT_MS))
		return true;
	orphan_tell(pidfd, SIGKILL);
	return ends_within(pidfd, WAIT_KILL_MS);
}

bool orphan_end(int dir, const char *pidfile, int signum)
{
	pid_t pid = pid_read(dir, pidfile);
	if (!pid)
		return true;
	/* The descriptor first, the question after: it cannot change its process under us. */
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return errno == ESRCH;
	bool gone = !works_in(pid, dir) || end(pidfd, signum);
	close(pidfd);
	return gone;
}

#else

bool orphan_end(int dir, const char *pidfile, int signum)
{
	(void)signum;
	/* Without a safe way to name a process, what still has its file is left alone. */
	return faccessat(dir, pidfile, F_OK, 0) != 0;
}

#endif
