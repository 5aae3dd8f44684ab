/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of passwords in connection strings: however they are spelt, no piece of one is said or shown. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/conninfo.h"
#include "tests/support/check.h"

/* Passwords are made of these two, and of what should have been encoded. */
static const char *const pieces[] = {"Kw9", "Zx8"};

static void expect_silence(const char *text, const char *spelling, const char *where)
{
	for (size_t i = 0; i < COUNT_OF(pieces); i++)
		if (strstr(text, pieces[i]))
			fail_msg("%s: %s says %s: %s", spelling, where, pieces[i], text);
}

static void check_hidden(const char *spelling)
{
	char *copy = mem_dup(spelling);
	conninfo_hide(copy);
	expect_silence(copy, spelling, "conninfo_hide()");
	free(copy);
}

static void check_shown(const struct conninfo *info, const char *spelling)
{
	struct buf out = {0};
	conninfo_show(&out, info);
	expect_silence(buf_text(&out), spelling, "conninfo_show()");
	buf_free(&out);
}

/* Where a sentence is given it is refused, with that in what is said; else it is accepted. */
static void check(const char *spelling, const char *sentence)
{
	struct conninfo info = {0};
	struct err err = {0};
	enum status status = conninfo_target(&info, spelling, &err);
	if (sentence && (!status || !strstr(err.text, sentence)))
		fail_msg("%s: \"%s\" is not in \"%s\"", spelling, sentence, err.text);
	if (!sentence && status)
		fail_msg("%s: %s", spelling, err.text);
	expect_silence(err.text, spelling, "the error");
	check_hidden(spelling);
	if (!status)
		check_shown(&info, spelling);
	conninfo_free(&info);
}

#define ENCODE "%40 for @, %2F for /"

/* The schemes differ in what happens to them before libpq sees them. */
static const char *const schemes[] = {"postgresql://",           "postgres://",         "POSTGRESQL://",
				      "jdbc:postgresql://",      "cockroachdb://",      "crdb://",
				      "cockroachdb+psycopg2://", "jdbc:cockroachdb://", "postgresql+asyncpg://"};

static void check_uri(const char *behind, const char *sentence)
{
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		struct buf uri = {0};
		buf_fmt(&uri, "%s%s", schemes[i], behind);
		check(buf_text(&uri), sentence);
		buf_free(&uri);
	}
}

static void what_should_have_been_encoded_is_not_said(void **state)
{
	(void)state;
	check_uri("u:Kw9/Zx8@h", ENCODE);
	check_uri("u:Kw9/Zx8@h/db", ENCODE);
	check_uri("u:12/Zx8@h", ENCODE);
	check_uri("u:/Zx8@h/db", ENCODE);
	check_uri("u:Kw9@Zx8@h/db", ENCODE);
	check_uri("u@example.com:Kw9@h/db", ENCODE);
	check_uri("u@example.com:12@Zx8@h", ENCODE);
	check_uri("u:12/db?user=Zx8@h", ENCODE);
	check_uri("u:Kw9/?Zx8@h", ENCODE);
	check_uri("u:50%Kw9@h/db", "%25 for %");
	check_uri("u:Kw9%@h/db", "%25 for %");
	check_uri("u:Kw9%00Zx8@h/db", "%25 for %");
	check_uri("u:Kw9:Zx8@h/db", NULL);
	check_uri("u:Kw9?Zx8@h/db", NULL);
	check_uri("u:Kw9#Zx8@h/db", NULL);
	check_uri("u:Kw9\"Zx8@h/db", NULL);
	check_uri("u:Kw9%40Zx8@h/db", NULL);
	check_uri("u:Kw9@[h/db", "]");
	check_uri("u:Kw9@h:pp/db", ENCODE);
	check_uri("u:Kw9@h:1,g:pp/db", ENCODE);
}

static void parameters_do_not_say_it_either(void **state)
{
	(void)state;
	check_uri("h/db?user=u&password=Kw9", NULL);
	check_uri("h/db?user=u&password=a&Kw9", "%26 for &");
	check_uri("h/db?password=Kw9&Zx8=1", "unknown to libpq");
	check_uri("h/db?password=Kw9=Zx8", "%3D for =");
	check_uri("h/db?password=Kw9%Zx8", "%25 for %");
	check_uri("h/db?sslpassword=Kw9&Zx8", "%26 for &");
	check_uri("h/db?p%61ssword=Kw9", "without %");
	check_uri("h/db?PASSWORD=Kw9", "PASSWORD");
	check_uri("h/db?password=Kw9@Zx8", ENCODE);
	check_uri("u:Kw9@h/db?nonsense=1", "nonsense");
}

static void key_and_value_do_not_say_it_either(void **state)
{
	(void)state;
	check("host=h password=Kw9", NULL);
	check("host=h password=my Kw9", "quotes");
	check("host=h password=my Kw9 user=u", "quotes");
	check("password=my Kw9 Zx8", "quotes");
	check("host=h password = my Kw9=Zx8", "unknown to libpq");
	check("host=h password='Kw9", "is not closed");
	check("host=h password='it' Kw9'", "quotes");
	check("host=h password=my\\ Kw9 user=u", NULL);
	check("host=h password='my\\' Kw9' user=u", NULL);
	check("host=h passwort=Kw9", "passwort");
	check("host=h sslpassword=my Kw9", "quotes");
	check("dbname='postgresql://u:Kw9@h/db'", NULL);
}

static void what_looks_like_a_uri_is_not_taken_for_a_name(void **state)
{
	(void)state;
	check("postgres:u:Kw9@h", "write postgresql://");
	check("postgresql:u:Kw9@h/db", "write postgresql://");
	check("postgresql:/u:Kw9@h/db", "write postgresql://");
	check("cockroachdb:u:Kw9@h:26257", "write postgresql://");
	check("jdbc:postgresql:u:Kw9@h", "write postgresql://");
	check("u:Kw9@h", "write postgresql://");
	check("u:Kw9@h/db", "write postgresql://");
	check("u:Kw9/Zx8@h", "write postgresql://");
	check("//u:Kw9@h/db", "write postgresql://");
	check("postgres:u:Kw9@h?sslmode=disable", "cannot be read");
	check("postgres//u:Kw9@h?sslmode=disable", "cannot be read");
	check("mysql://u:Kw9@h/db", "there is no scheme mysql://");
	check("bank", NULL);
	check("bank@home", NULL);
}

/* A word of another place, said in a sentence and cut there. */
static void what_was_cut_is_hidden(void **state)
{
	(void)state;
	check_hidden("list has no place for postgresql://u:Kw9");
	check_hidden("list has no place for postgresql://u:Kw9; usage: list");
	check_hidden("\"postgresql://u:12Kw9/Zx8\" is no account");
	check_hidden("postgresql://u:my Kw9@h/db");
	check_hidden("connection to server at \"u:Kw9@h\" failed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_should_have_been_encoded_is_not_said),
		cmocka_unit_test(parameters_do_not_say_it_either),
		cmocka_unit_test(key_and_value_do_not_say_it_either),
		cmocka_unit_test(what_looks_like_a_uri_is_not_taken_for_a_name),
		cmocka_unit_test(what_was_cut_is_hidden),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
