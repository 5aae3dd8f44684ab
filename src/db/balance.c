/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which the hosts of a connection are tried: as written, or at random, the one that was left last. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "db_internal.h"

/*
 * libpq knows the option from version 16 on and refuses it before that. So it is taken out of the connection string on
 * every version, and where the hosts are listed here it is libpq that has nothing to shuffle any more.
 */
static const char balance_option[] = "load_balance_hosts";

enum { OPTION_LENGTH = sizeof balance_option - 1 };

/* ---- what is asked for ---- */

static bool balance_word(const char *word, size_t n, enum conninfo_balance *balance)
{
	static const struct {
		const char *word;
		enum conninfo_balance balance;
	} words[] = {{"random", BALANCE_RANDOM}, {"disable", BALANCE_OFF}};
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strlen(words[i].word) != n || strncmp(words[i].word, word, n) != 0)
			continue;
		*balance = words[i].balance;
		return true;
	}
	return false;
}

static enum status balance_unknown(struct err *err)
{
	return err_set(err, ST_USAGE, "the connection string cannot be read: load_balance_hosts is random or disable");
}

/* "?load_balance_hosts=random&..." and "&load_balance_hosts=random"; the last one counts, as in libpq. */
static enum status balance_take_uri(struct buf *target, enum conninfo_balance *balance, struct err *err)
{
	char *query = strchr(target->p, '?');
	for (char *item = query ? query + 1 : NULL; item && *item;) {
		size_t n = strcspn(item, "&");
		bool ours = n > OPTION_LENGTH && strncmp(item, balance_option, OPTION_LENGTH) == 0 &&
			    item[OPTION_LENGTH] == '=';
		if (!ours) {
			item += n + (item[n] == '&');
			continue;
		}
		if (!balance_word(item + OPTION_LENGTH + 1, n - OPTION_LENGTH - 1, balance))
			return balance_unknown(err);
		char *rest = item + n + (item[n] == '&');
		memmove(item, rest, strlen(rest) + 1);
	}
	target->len = strlen(target->p);
	if (target->len && strchr("?&", target->p[target->len - 1]) && query)
		target->p[--target->len] = '\0';
	return ST_OK;
}

/* The end of the value that begins at `value`: behind its quote, or at the next blank. */
static size_t balance_value_length(const char *value)
{
	size_t n = 0;
	bool quoted = value[0] == '\'';
	for (n = quoted; value[n] && (quoted ? value[n] != '\'' : !isspace((unsigned char)value[n])); n++)
		n += value[n] == '\\' && value[n + 1];
	return n + (quoted && value[n] == '\'');
}

/* "load_balance_hosts = 'random'" among other words, as libpq takes them apart. */
static enum status balance_take_words(struct buf *target, enum conninfo_balance *balance, struct err *err)
{
	for (char *at = target->p; *(at += strspn(at, " \t\n\r\f\v"));) {
		char *key = at, *value = key + strcspn(key, "= \t\n\r\f\v");
		size_t key_length = (size_t)(value - key);
		value += strspn(value, " \t\n\r\f\v");
		if (*value != '=')
			break; /* libpq says what is wrong with it */
		value += 1 + strspn(value + 1, " \t\n\r\f\v");
		size_t n = balance_value_length(value);
		at = value + n;
		if (key_length != OPTION_LENGTH || strncmp(key, balance_option, OPTION_LENGTH) != 0)
			continue;
		bool quoted = n > 1 && value[0] == '\'';
		if (!balance_word(value + quoted, n - 2 * quoted, balance))
			return balance_unknown(err);
		memmove(key, at, strlen(at) + 1);
		at = key;
	}
	target->len = strlen(target->p);
	return ST_OK;
}

enum status balance_take(struct buf *target, enum conninfo_balance *balance, struct err *err)
{
	if (!target->len)
		return ST_OK;
	if (strncmp(target->p, "postgres", 8) == 0 && strstr(target->p, "://"))
		return balance_take_uri(target, balance, err);
	return strchr(target->p, '=') ? balance_take_words(target, balance, err) : ST_OK;
}

/* libpq reads this variable by itself, from version 16 on. */
static enum conninfo_balance balance_of_environment(void)
{
	const char *word = getenv("PGLOADBALANCEHOSTS");
	enum conninfo_balance balance = BALANCE_UNSAID;
	if (word)
		balance_word(word, strlen(word), &balance);
	return balance;
}

static bool balance_is_random(const struct db *db)
{
	enum conninfo_balance said = db->info.balance ? db->info.balance : balance_of_environment();
	if (said)
		return said == BALANCE_RANDOM;
	return db->info.cluster || dialect_of(db->server)->cluster;
}

/* ---- the order ---- */

static void balance_swap(struct place *a, struct place *b)
{
	struct place c = *a;
	*a = *b;
	*b = c;
}

static void balance_shuffle(struct places *places)
{
	struct rng rng;
	rng_seed(&rng, rng_entropy());
	for (size_t i = places->n; i > 1; i--)
		balance_swap(&places->p[i - 1], &places->p[rng_below(&rng, i)]);
}

static bool balance_same(const struct place *a, const struct place *b)
{
	return strcmp(a->host, b->host) == 0 && strcmp(a->address, b->address) == 0 && strcmp(a->port, b->port) == 0;
}

/* Whoever was left is asked again where nobody else is there. */
static void balance_put_last(struct places *places, const struct place *left)
{
	for (size_t i = 0; i + 1 < places->n; i++)
		if (balance_same(&places->p[i], left))
			balance_swap(&places->p[i], &places->p[places->n - 1]);
}

void balance_order(struct db *db)
{
	if (db->places.n < 2 || !balance_is_random(db))
		return;
	balance_shuffle(&db->places);
	if (db->left.host)
		balance_put_last(&db->places, &db->left);
}

void balance_forget(struct db *db)
{
	place_free(&db->left);
	db->left = (struct place){0};
}

bool balance_leave(struct db *db)
{
	size_t here = hosts_current(db);
	bool others = here < db->places.n && db->places.n > 1 && balance_is_random(db);
	balance_forget(db);
	if (others)
		db->left = place_copy(&db->places.p[here]);
	return others;
}
