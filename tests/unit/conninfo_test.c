/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of connection strings: what is rewritten, refused, shown and hidden. */
#include "db/conninfo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

static void check_target(const char *text, const char *expected)
{
	struct conninfo info = {0};
	struct err err = {0};
	enum status status = conninfo_target(&info, text, &err);
	if (status)
		fail_msg("%s: %s", text, err.text);
	assert_string_equal(info.target, expected);
	conninfo_free(&info);
}

static void cockroach_gets_its_port_and_database(void **state)
{
	(void)state;
	check_target("cockroachdb://", "postgresql://:26257/defaultdb");
	check_target("cockroachdb://h", "postgresql://h:26257/defaultdb");
	check_target("cockroachdb://h/", "postgresql://h:26257/defaultdb");
	check_target("cockroachdb://h:1/db", "postgresql://h:1/db");
	check_target("crdb://root@h/bank", "postgresql://root@h:26257/bank");
	check_target("cockroachdb+psycopg2://u:p%40w@h:26257/bank?sslmode=disable",
		     "postgresql://u:p%40w@h:26257/bank?sslmode=disable");
	check_target("jdbc:cockroachdb://h?user=root", "postgresql://h:26257/defaultdb?user=root");
	check_target("COCKROACHDB://h", "postgresql://h:26257/defaultdb");
	check_target("cockroachdb://h:", "postgresql://h:26257/defaultdb");
}

static void several_hosts_and_addresses(void **state)
{
	(void)state;
	check_target("cockroachdb://u:pw@host1:1,host2/db?sslmode=disable",
		     "postgresql://u:pw@host1:1,host2:26257/db?sslmode=disable");
	check_target("cockroachdb://[::1]", "postgresql://[::1]:26257/defaultdb");
	check_target("cockroachdb://[::1]:5/x", "postgresql://[::1]:5/x");
	check_target("cockroachdb://a,[fe80::1],c:3", "postgresql://a:26257,[fe80::1]:26257,c:3/defaultdb");
}

static void check_balance(const char *text, const char *target, enum conninfo_balance balance, bool cluster)
{
	struct conninfo info = {0};
	struct err err = {0};
	assert_int_equal(conninfo_target(&info, text, &err), ST_OK);
	assert_string_equal(info.target, target);
	assert_int_equal(info.balance, balance);
	assert_int_equal(info.cluster, cluster);
	conninfo_free(&info);
}

/* Libraries before 16 do not know the word: it is taken out, wherever it stands, and nothing else is. */
static void the_order_of_hosts_is_taken_out(void **state)
{
	(void)state;
	check_balance("host=a,b dbname=x", "host=a,b dbname=x", BALANCE_UNSAID, false);
	check_balance("load_balance_hosts=random host=a,b", " host=a,b", BALANCE_RANDOM, false);
	check_balance("host=a,b load_balance_hosts = 'disable' dbname='x load_balance_hosts=random'",
		      "host=a,b  dbname='x load_balance_hosts=random'", BALANCE_OFF, false);
	check_balance("password='it\\'s' load_balance_hosts=random", "password='it\\'s' ", BALANCE_RANDOM, false);
	check_balance("postgresql://a,b/x?load_balance_hosts=random", "postgresql://a,b/x", BALANCE_RANDOM, false);
	check_balance("postgresql://a,b/x?load_balance_hosts=disable&sslmode=require",
		      "postgresql://a,b/x?sslmode=require", BALANCE_OFF, false);
	check_balance("postgresql://a,b/x?sslmode=require&load_balance_hosts=random&connect_timeout=3",
		      "postgresql://a,b/x?sslmode=require&connect_timeout=3", BALANCE_RANDOM, false);
	check_balance("cockroachdb://a,b/x?load_balance_hosts=disable", "postgresql://a:26257,b:26257/x", BALANCE_OFF,
		      true);
	check_balance("crdb://a,b/x", "postgresql://a:26257,b:26257/x", BALANCE_UNSAID, true);
}

static void the_others_stay(void **state)
{
	(void)state;
	check_target("bank", "bank");
	check_target("postgres://h/db", "postgresql://h/db");
	check_target("jdbc:postgresql://h/db?user=me", "postgresql://h/db?user=me");
	check_target("postgresql+asyncpg://h/db", "postgresql://h/db");
	check_target("host=h dbname=x", "host=h dbname=x");
}

static void check_refused(const char *text, const char *sentence)
{
	struct conninfo info = {0};
	struct err err = {0};
	assert_int_equal(conninfo_target(&info, text, &err), ST_USAGE);
	assert_non_null(strstr(err.text, sentence));
	assert_null(strstr(err.text, "secret"));
	conninfo_free(&info);
}

static void what_cannot_be_read_is_refused_without_the_password(void **state)
{
	(void)state;
	check_refused("mysql://u:secret@h/db", "there is no scheme mysql://");
	check_refused("postgres//u:secret@h?x=1", "cannot be read");
	check_refused("postgresql://u:secret@h/db?nonsense=1", "nonsense");
	check_refused("postgresql://u:secret@[h/db", "cannot be read");
	check_refused("host=h passwort=secret", "passwort");
	check_refused("host=h password='secret", "cannot be read");
}

static void check_shown(const char *target, const char *host, const char *expected)
{
	struct conninfo info = {.host = mem_dup(host), .password = mem_dup("secret")};
	struct err err;
	struct buf out = {0};
	if (target)
		assert_int_equal(conninfo_target(&info, target, &err), ST_OK);
	conninfo_show(&out, &info);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
	conninfo_free(&info);
}

static void a_place_is_shown_without_the_password(void **state)
{
	(void)state;
	setenv("PGUSER", "me", 1);
	setenv("PGPORT", "5432", 1);
	setenv("PGDATABASE", "bank", 1);
	unsetenv("PGHOST");
	check_shown("postgresql://root:secret@localhost:26257/bank", NULL, "root@localhost:26257/bank");
	check_shown("user=root password=secret host=a,b port=1,2", NULL, "root@a:1,b:2/bank");
	check_shown("cockroachdb://root:secret@[::1]", NULL, "root@[::1]:26257/defaultdb");
	check_shown("x", "h", "me@h:5432/x");
	check_shown(NULL, "/tmp", "me@bank on socket /tmp (port 5432)");
	check_shown("postgresql://a/b", "c", "me@c:5432/b");
	unsetenv("PGUSER");
	unsetenv("PGPORT");
	unsetenv("PGDATABASE");
}

static void check_hidden(const char *text, const char *expected)
{
	char *copy = mem_dup(text);
	conninfo_hide(copy);
	assert_string_equal(copy, expected);
	free(copy);
}

static void passwords_are_hidden(void **state)
{
	(void)state;
	check_hidden("postgresql://u:secret@h/db", "postgresql://u:******@h/db");
	check_hidden("postgresql://u:se@cret@h/db", "postgresql://u:*******@h/db");
	check_hidden("postgresql://u:se/cret@h/db", "postgresql://u:*******@h/db");
	check_hidden("host=h password=secret user=u", "host=h password=****** user=u");
	check_hidden("password = 'se cr\\'et' user=u", "password = *********** user=u");
	check_hidden("postgresql://h/db?password=secret&user=u", "postgresql://h/db?password=******&user=u");
	check_hidden("the text \"postgresql://u:secret@h\" is", "the text \"postgresql://u:******@h\" is");
	check_hidden("transfer 1 2 half", "transfer 1 2 half");
	check_hidden("postgresql://h:5432/db", "postgresql://h:5432/db");
}

static void what_names_a_server(void **state)
{
	(void)state;
	struct conninfo info = {0};
	unsetenv("PGHOST");
	unsetenv("DATABASE_URL");
	assert_true(conninfo_is_default(&info));
	info.target = mem_dup("bank");
	assert_true(conninfo_is_default(&info));
	setenv("PGHOST", "h", 1);
	assert_false(conninfo_is_default(&info));
	unsetenv("PGHOST");
	free(info.target);
	info.target = mem_dup("host=h");
	assert_false(conninfo_is_default(&info));
	conninfo_free(&info);
}

static void check_kept(const char *target, const char *password)
{
	struct conninfo info = {.target = mem_dup(target)};
	conninfo_keep_password(&info);
	if (password)
		assert_string_equal(info.password, password);
	else
		assert_null(info.password);
	conninfo_free(&info);
}

/* The last of all: nothing is left for others. */
static void no_variable_decides_any_more(void **state)
{
	(void)state;
	static const char *const gone[] = {"PGHOST", "PGHOSTADDR",  "PGSERVICE",   "PGPASSWORD",
					   "PGTZ",   "PGUNHEARDOF", "DATABASE_URL"};
	for (size_t i = 0; i < COUNT_OF(gone); i++)
		setenv(gone[i], "secret", 1);
	setenv("PGISOLATIONTIMEOUT", "5", 1); /* isolationtester's */
	char *value = getenv("PGPASSWORD");
	check_kept("postgresql://h/db", "secret");
	check_kept("postgresql://u:own@h/db", NULL);
	check_kept(NULL, NULL);
	conninfo_leave_environment();
	for (size_t i = 0; i < COUNT_OF(gone); i++)
		assert_null(getenv(gone[i]));
	assert_string_equal(value, ""); /* nor does /proc show it */
	assert_string_equal(getenv("PGISOLATIONTIMEOUT"), "5");
	struct conninfo info = {0};
	assert_true(conninfo_is_default(&info));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cockroach_gets_its_port_and_database),
		cmocka_unit_test(several_hosts_and_addresses),
		cmocka_unit_test(the_order_of_hosts_is_taken_out),
		cmocka_unit_test(the_others_stay),
		cmocka_unit_test(what_cannot_be_read_is_refused_without_the_password),
		cmocka_unit_test(a_place_is_shown_without_the_password),
		cmocka_unit_test(passwords_are_hidden),
		cmocka_unit_test(what_names_a_server),
		cmocka_unit_test(no_variable_decides_any_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
