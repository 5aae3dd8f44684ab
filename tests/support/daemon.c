/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers of the tests' own: the user they run as, their directory, their end. */
#include "tests/support/daemon.h"

#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/spawn.h"

static const struct passwd *owner(void)
{
	if (geteuid() != 0)
		return NULL;
	const struct passwd *user = getpwnam("postgres");
	return user ? user : getpwnam("nobody");
}

/* ---- the directory ---- */

static void give_away(const char *path)
{
	const struct passwd *user = owner();
	if (user)
		assert_int_equal(chown(path, user->pw_uid, user->pw_gid), 0);
}

void daemon_make_dir(char *dir)
{
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0711), 0);
	give_away(dir);
}

void daemon_remove_dir(const char *dir)
{
	char command[100];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	if (dir[0] && system(command) != 0)
		fail_msg("%s is not gone", dir);
}

void daemon_write(const char *dir, const char *name, const char *text)
{
	char path[160];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		fail_msg("%s cannot be written", path);
	give_away(path);
}

/* ---- the process ---- */

/* Debian keeps servers where a user's PATH does not look. */
static void widen_path(void)
{
	char path[4096];
	const char *now = getenv("PATH");
	snprintf(path, sizeof path, "%s:/usr/sbin", now ? now : "/usr/bin");
	setenv("PATH", path, 1);
}

static _Noreturn void become(const char *dir, const char *const argv[], int signum)
{
	const struct passwd *user = owner();
	int log;
	if (user && (setgroups(0, NULL) || setgid(user->pw_gid) || setuid(user->pw_uid)))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, signum);
	if (chdir(dir) || (log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0644)) < 0)
		_exit(126);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	widen_path();
	spawn_exec(argv, NULL);
}

pid_t daemon_start(const char *dir, const char *const argv[], int signum)
{
	pid_t pid = fork();
	if (pid == 0)
		become(dir, argv, signum);
	assert_true(pid > 0);
	return pid;
}

/* Its end, where it is long. */
static void show_log(const char *dir)
{
	char path[160], text[4096];
	snprintf(path, sizeof path, "%s/log", dir);
	FILE *file = fopen(path, "r");
	if (file && fseek(file, 1 - (long)sizeof text, SEEK_END) != 0)
		rewind(file);
	size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
	text[n] = '\0';
	check_tell("--- %s\n%s", path, text);
	if (file)
		fclose(file);
}

void daemon_run(const char *dir, const char *const argv[])
{
	int raw;
	pid_t pid = daemon_start(dir, argv, SIGKILL);
	assert_int_equal(waitpid(pid, &raw, 0), pid);
	if (raw == 0)
		return;
	show_log(dir);
	fail_msg("%s did not end well", argv[0]);
}

/* A connection that its server closes first leaves the port in TIME_WAIT for a minute: the kernel gives it to nobody who
 * asks for any, and servers, which all set SO_REUSEADDR, may have it. So no other program takes it in between. */
int daemon_free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	char end;
	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, size), 0);
	close(accept(listener, NULL, NULL));
	assert_int_equal(read(client, &end, 1), 0);
	close(client);
	close(listener);
	return ntohs(address.sin_port);
}

void daemon_wait(const char *dir, const char *what, int (*ready)(const void *arg), const void *arg)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (!ready(arg)) {
		if (!deadline_left(deadline)) {
			show_log(dir);
			fail_msg("%s does not come", what);
		}
		poll(NULL, 0, 10);
	}
}
