/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private server through its header: started, stopped, killed at every point, kept, refused; nothing may stay
 * behind. */
#include <sys/file.h>

#include "tests/server/rig.h"

/* ---- one that is thrown away ---- */

static void serves_and_leaves_nothing(void **state)
{
	(void)state;
	struct run run;
	char home[128];
	start_well(&run, NULL);
	snprintf(home, sizeof home, "%s", server_socket_dir(run.server));
	assert_int_equal(mode_of(home), 0700);
	assert_memory_equal(home, place, strlen(place));
	assert_string_equal(ask(run.server, "select 40 + 2"), "42");
	assert_string_equal(ask(run.server, "select current_database() || current_user"), "bankteller");
	assert_string_equal(ask(run.server, "show listen_addresses"), "");
	pid_t postmaster = postmaster_of(home);
	assert_int_not_equal(process_field(postmaster, "Uid:"), 0);
	pid_t guardian = guardian_of(postmaster);
	stop(&run);
	assert_false(run.dead);
	assert_false(alive(postmaster));
	assert_false(alive(guardian));
	assert_int_equal(homes(), 0);
}

static void stopped_before_it_is_ready(void **state)
{
	(void)state;
	struct run run;
	begin(&run, NULL);
	stop(&run);
	assert_false(run.answered);
	assert_int_equal(homes(), 0);
}

static bool environment_holds(pid_t pid, const char *text)
{
	char path[64], bytes[16384];
	snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, bytes, sizeof bytes);
	if (fd >= 0)
		close(fd);
	return n > 0 && memmem(bytes, (size_t)n, text, strlen(text)) != NULL;
}

/* As the server's user, who shares it with whatever else runs under that name. */
static bool its_user_sees(pid_t postmaster, pid_t pid, const char *text)
{
	uid_t uid = (uid_t)process_field(postmaster, "Uid:");
	pid_t looker = fork();
	if (looker == 0)
		_exit(uid != geteuid() && setuid(uid) ? 2 : environment_holds(pid, text));
	int status = 0;
	assert_int_equal(waitpid(looker, &status, 0), looker);
	return status != 0;
}

static void what_we_know_is_not_told_to_it(void **state)
{
	(void)state;
	struct run run;
	setenv("DATABASE_URL", "postgresql://u:secret@h/db", 1);
	setenv("PGPASSWORD", "secret", 1);
	setenv("A_KEY_OF_OTHERS", "secret", 1);
	start_well(&run, NULL);
	unsetenv("DATABASE_URL");
	unsetenv("PGPASSWORD");
	unsetenv("A_KEY_OF_OTHERS");
	pid_t postmaster = postmaster_of(server_socket_dir(run.server));
	assert_true(environment_holds(postmaster, "LC_ALL=C"));
	assert_false(environment_holds(postmaster, "secret"));
	if (geteuid() == 0)
		assert_false(its_user_sees(postmaster, guardian_of(postmaster), "secret"));
	stop(&run);
	assert_int_equal(homes(), 0);
}

/* No disk is waited for, but what is told as committed does not depend on the next moment of the server. */
static void commits_are_not_put_off(void **state)
{
	(void)state;
	struct run run;
	start_well(&run, NULL);
	assert_string_equal(ask(run.server, "show synchronous_commit"), "on");
	assert_string_equal(ask(run.server, "show fsync"), "off");
	stop(&run);
}

static void two_at_a_time(void **state)
{
	(void)state;
	struct run a, b;
	start_well(&a, NULL);
	start_well(&b, NULL);
	assert_int_equal(homes(), 2);
	stop(&a);
	assert_string_equal(ask(b.server, "select 1"), "1");
	stop(&b);
	assert_int_equal(homes(), 0);
}

static void signals_do_not_end_the_guardian(void **state)
{
	(void)state;
	static const int signums[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGPIPE};
	struct run run;
	start_well(&run, NULL);
	pid_t guardian = guardian_of(postmaster_of(server_socket_dir(run.server)));
	for (size_t i = 0; i < COUNT_OF(signums); i++)
		assert_int_equal(kill(guardian, signums[i]), 0);
	assert_string_equal(ask(run.server, "select 1"), "1");
	stop(&run);
	assert_false(run.dead);
	assert_int_equal(homes(), 0);
}

static void its_own_death_is_told(void **state)
{
	(void)state;
	struct run run;
	start_well(&run, NULL);
	kill(postmaster_of(server_socket_dir(run.server)), SIGKILL);
	loop_run_until(run.loop, &run.dead);
	assert_non_null(strstr(run.last_words, "signal 9"));
	stop(&run);
	assert_int_equal(homes(), 0);
}

static void stops_inside_the_news(void *arg, const struct err *err)
{
	struct run *run = arg;
	server_stop(run->server);
	run->server = NULL;
	on_ready(run, err);
}

static void stopped_from_its_own_callback(void **state)
{
	(void)state;
	struct run run = {.loop = loop_new()};
	run.server = server_start(run.loop, NULL, NULL, stops_inside_the_news, &run);
	loop_run_until(run.loop, &run.answered);
	assert_true(run.ok);
	stop(&run);
	assert_int_equal(homes(), 0);
}

/* ---- killed ---- */

static void owner_killed(void **state)
{
	(void)state;
	struct owner owner;
	owner_start(&owner, true, NULL);
	pid_t postmaster = postmaster_of(owner.home);
	pid_t guardian = guardian_of(postmaster);
	owner_kill(&owner);
	eventually(!alive(postmaster));
	eventually(!alive(guardian));
	assert_false(exists(owner.home));
}

static void owner_killed_during_initdb(void **state)
{
	(void)state;
	struct owner owner;
	owner_start(&owner, false, NULL);
	assert_true(exists(owner.home));
	owner_kill(&owner);
	eventually(!exists(owner.home));
	assert_int_equal(homes(), 0);
}

static void guardian_killed(void **state)
{
	(void)state;
	struct run run;
	start_well(&run, NULL);
	pid_t postmaster = postmaster_of(server_socket_dir(run.server));
	kill(guardian_of(postmaster), SIGKILL);
	loop_run_until(run.loop, &run.dead);
	stop(&run);
	assert_false(alive(postmaster));
	assert_int_equal(homes(), 0);
}

/* The postmaster is stopped (as by a debugger), so that it outlives both. */
static void all_killed_and_swept(void **state)
{
	(void)state;
	struct owner owner;
	struct run run;
	owner_start(&owner, true, NULL);
	pid_t postmaster = postmaster_of(owner.home);
	pid_t guardian = guardian_of(postmaster);
	kill(postmaster, SIGSTOP);
	kill(guardian, SIGKILL);
	owner_kill(&owner);
	eventually(!alive(guardian));
	assert_true(alive(postmaster));
	assert_true(exists(owner.home));
	start_well(&run, NULL);
	assert_false(alive(postmaster));
	assert_false(exists(owner.home));
	stop(&run);
	assert_int_equal(homes(), 0);
}

static void sweeping_spares_what_is_not_ours(void **state)
{
	(void)state;
	struct owner owner;
	struct run run;
	char link[128], valuable[128], file[160];
	in_place(link, sizeof link, PREFIX "link");
	in_place(valuable, sizeof valuable, "valuable");
	snprintf(file, sizeof file, "%s/file", valuable);
	assert_int_equal(mkdir(valuable, 0777), 0);
	write_file(file, "gold");
	assert_int_equal(symlink(valuable, link), 0);
	owner_start(&owner, true, NULL);
	start_well(&run, NULL);
	assert_true(exists(file));
	assert_true(exists(link));
	assert_true(exists(owner.home));
	stop(&run);
	owner_kill(&owner);
	eventually(!exists(owner.home));
	unlink(link);
	unlink(file);
	rmdir(valuable);
}

/* A leftover whose postmaster.pid holds a number that another process has now, of the same user even. */
static void sweeping_knows_a_reused_number(void **state)
{
	(void)state;
	struct owner owner;
	struct run run;
	char home[128], data[160], pid_file[200], number[32];
	in_place(home, sizeof home, PREFIX "reused");
	snprintf(data, sizeof data, "%s/data", home);
	snprintf(pid_file, sizeof pid_file, "%s/postmaster.pid", data);
	owner_start(&owner, true, NULL);
	pid_t postmaster = postmaster_of(owner.home);
	uid_t uid = (uid_t)process_field(postmaster, "Uid:");
	snprintf(number, sizeof number, "%d\n", (int)postmaster);
	assert_int_equal(mkdir(home, 0700) | mkdir(data, 0700), 0);
	write_file(pid_file, number);
	assert_int_equal(chown(pid_file, uid, (gid_t)-1) | chown(data, uid, (gid_t)-1) | chown(home, uid, (gid_t)-1),
			 0);
	start_well(&run, NULL);
	assert_false(exists(home));
	assert_true(alive(postmaster));
	stop(&run);
	owner_kill(&owner);
	eventually(!exists(owner.home));
}

/* ---- kept ---- */

static void remove_kept(const char *dir)
{
	char command[200];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

static void kept_data_stay(void **state)
{
	(void)state;
	struct run run;
	char dir[128];
	in_place(dir, sizeof dir, "kept");
	start_well(&run, dir);
	assert_int_equal(mode_of(dir), 0700);
	assert_string_equal(ask(run.server, "create table t as select 7 as n; show fsync"), "on");
	refused(dir, "in use by another teller");
	stop(&run);
	assert_int_equal(homes(), 0);
	start_well(&run, dir);
	assert_string_equal(ask(run.server, "select n from t"), "7");
	stop(&run);
	remove_kept(dir);
}

static void kept_data_survive_a_kill(void **state)
{
	(void)state;
	struct owner owner;
	struct run run;
	char dir[128], data[160];
	in_place(dir, sizeof dir, "kept");
	snprintf(data, sizeof data, "%s/data", dir);
	owner_start(&owner, true, dir);
	pid_t postmaster = postmaster_in(data);
	pid_t guardian = guardian_of(postmaster);
	kill(postmaster, SIGSTOP);
	kill(guardian, SIGKILL);
	owner_kill(&owner);
	eventually(!alive(guardian));
	start_well(&run, dir);
	assert_false(alive(postmaster));
	assert_string_equal(ask(run.server, "select 1"), "1");
	stop(&run);
	assert_int_equal(homes(), 0);
	remove_kept(dir);
}

static bool unlocked(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool free = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return free;
}

static void a_half_made_cluster_is_made_again(void **state)
{
	(void)state;
	struct owner owner;
	struct run run;
	char dir[128];
	in_place(dir, sizeof dir, "kept");
	owner_start(&owner, false, dir);
	eventually(exists(dir));
	owner_kill(&owner);
	eventually(homes() == 0 && unlocked(dir)); /* the guardian has gone, or has not come so far */
	start_well(&run, dir);
	assert_string_equal(ask(run.server, "select 1"), "1");
	stop(&run);
	remove_kept(dir);
}

static void another_version_is_told(void **state)
{
	(void)state;
	struct run run;
	char dir[128], version[160];
	in_place(dir, sizeof dir, "kept");
	snprintf(version, sizeof version, "%s/data/PG_VERSION", dir);
	start_well(&run, dir);
	stop(&run);
	write_file(version, "9.6\n");
	refused(dir, "initialized by PostgreSQL version 9.6");
	remove_kept(dir);
}

static void a_foreign_directory_is_refused(void **state)
{
	(void)state;
	char dir[128], file[160], below[160];
	in_place(dir, sizeof dir, "foreign");
	snprintf(file, sizeof file, "%s/file", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	write_file(file, "gold");
	refused(dir, geteuid() == 0 ? "belongs to another user" : "neither empty nor made by");
	refused(file, "cannot open the directory");
	snprintf(below, sizeof below, "%s/none/kept", dir);
	refused(below, "cannot make the directory");
	snprintf(below, sizeof below, "%s/kept", dir);
	if (geteuid() == 0)
		refused(below, "cannot work in");
	else
		refused("/proc/kept", "cannot make the directory");
	assert_false(exists(below));
	assert_true(exists(file));
	remove_kept(dir);
	assert_int_equal(homes(), 0);
}

/* ---- what is missing ---- */

static void missing_programs_are_named(void **state)
{
	(void)state;
	setenv("TELLER_PG_BINDIR", place, 1);
	refused(NULL, "apt-get install postgresql");
	unsetenv("TELLER_PG_BINDIR");
	assert_int_equal(homes(), 0);
}

static void expect_programs(struct run *run, bool real)
{
	assert_int_equal(run->ok, real);
	if (!real && !strstr(run->err.text, "here is 99.1"))
		fail_msg("\"%s\" is not of the programs that were to be taken", run->err.text);
	stop(run);
}

static void the_newest_programs_are_taken(void **state)
{
	(void)state;
	struct run run;
	char older[160], newer[160], kept[160], path[600], *before = mem_dup(getenv("PATH"));
	in_place(kept, sizeof kept, "kept");
	start_well(&run, kept);
	stop(&run);
	put_programs(older, "9.6.24");
	put_programs(newer, "99.1");
	snprintf(path, sizeof path, "%s:%s", older, before);
	setenv("PATH", path, 1);
	start(&run, NULL);
	expect_programs(&run, true);
	snprintf(path, sizeof path, "%s:%s:%s", older, newer, before);
	setenv("PATH", path, 1);
	start(&run, NULL);
	expect_programs(&run, false);
	start(&run, kept); /* those that made the data */
	expect_programs(&run, true);
	setenv("PATH", before, 1);
	start_with(&run, NULL, newer);
	expect_programs(&run, false);
	start_with(&run, NULL, place);
	assert_false(run.ok);
	assert_non_null(strstr(run.err.text, "in the directory of --bindir, "));
	stop(&run);
	remove_kept(older);
	remove_kept(newer);
	remove_kept(kept);
	free(before);
}

static void programs_are_found_without_a_path(void **state)
{
	(void)state;
	struct run run;
	char *path = mem_dup(getenv("PATH"));
	setenv("PATH", "/nowhere", 1);
	start(&run, NULL);
	setenv("PATH", path, 1);
	free(path);
	if (exists("/usr/lib/postgresql"))
		assert_true(run.ok);
	stop(&run);
}

static void a_long_place_gives_way(void **state)
{
	(void)state;
	struct run run;
	char longer[160];
	in_place(longer, sizeof longer, "a-place-whose-name-is-much-too-long-for-the-path-of-a-unix-domain-socket");
	assert_int_equal(mkdir(longer, 0777), 0);
	setenv("TMPDIR", longer, 1);
	start_well(&run, NULL);
	assert_memory_equal(server_socket_dir(run.server), "/tmp/" PREFIX, strlen("/tmp/" PREFIX));
	stop(&run);
	rmdir(longer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(serves_and_leaves_nothing),
		TEST(stopped_before_it_is_ready),
		TEST(what_we_know_is_not_told_to_it),
		TEST(commits_are_not_put_off),
		TEST(two_at_a_time),
		TEST(signals_do_not_end_the_guardian),
		TEST(its_own_death_is_told),
		TEST(stopped_from_its_own_callback),
		TEST(owner_killed),
		TEST(owner_killed_during_initdb),
		TEST(guardian_killed),
		TEST(all_killed_and_swept),
		TEST(sweeping_spares_what_is_not_ours),
		TEST(sweeping_knows_a_reused_number),
		TEST(kept_data_stay),
		TEST(kept_data_survive_a_kill),
		TEST(a_half_made_cluster_is_made_again),
		TEST(another_version_is_told),
		TEST(a_foreign_directory_is_refused),
		TEST(missing_programs_are_named),
		TEST(the_newest_programs_are_taken),
		TEST(programs_are_found_without_a_path),
		TEST(a_long_place_gives_way),
	};
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
