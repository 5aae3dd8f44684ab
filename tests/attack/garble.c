/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of a server, mutated at random on their way: bytes, lengths, types, cells, columns, whole messages. */
#include "tests/attack/garble.h"

#include <string.h>

#include "tests/attack/dice.h"

enum { HEAD = 5, MANY = 1000 };

static const char *const names[GARBLE_KINDS] = {
	"bytes",  "short", "cut",  "length", "type",  "nulls", "columns", "row",   "cell",  "early",
	"double", "many",  "drop", "late",   "error", "aside", "copy",    "login", "noise",
};

const char *garble_name(enum garble_kind kind)
{
	return names[kind];
}

/* ---- messages ---- */

static unsigned read_number(const char *at, int bytes)
{
	unsigned n = 0;
	for (int i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)at[i];
	return n;
}

static void add_number(struct buf *out, unsigned n, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		buf_char(out, (char)(n >> (8 * i)));
}

static void add_message(struct buf *out, char type, const char *body, size_t n)
{
	buf_char(out, type);
	add_number(out, (unsigned)n + 4, 4);
	buf_add(out, body, n);
}

static void add_random(struct buf *out, struct dice *dice, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_char(out, (char)dice_roll(dice, 256));
}

/* Text that would harm a terminal, a parser or a reader of digits. */
static void add_text(struct buf *out, struct dice *dice)
{
	static const char *const texts[] = {"",
					    "-",
					    "0",
					    "-1",
					    "1",
					    "99999999999999999999999999",
					    "NaN",
					    "t",
					    "f",
					    "1e9",
					    "\x1b]0;owned\x07",
					    "\x1b[2J",
					    "\xff\xfe",
					    "a\nb\r\tc",
					    "%s%n",
					    "{}",
					    "{NULL}",
					    "\xe2\x80\xae",
					    "40001",
					    "COMMIT",
					    "1000.00",
					    "2026-02-30",
					    "' OR 1=1",
					    ("\x9b"
					     "31m"),
					    "int8",
					    "infinity"};
	if (dice_one_in(dice, 30))
		buf_fill(out, 'x', 1u << (10 + dice_roll(dice, 11)));
	else if (dice_one_in(dice, 5))
		for (uint64_t i = dice_roll(dice, 12); i > 0; i--)
			buf_char(out, (char)(1 + dice_roll(dice, 255)));
	else
		buf_str(out, dice_pick(dice, texts, sizeof texts / sizeof texts[0]));
}

/* ---- rows ---- */

/* A row again, with cells that change(); a row that is not well formed is left as it is. */
static void add_row(struct buf *out, const char *message, size_t n, struct dice *dice, unsigned cells,
		    enum garble_kind kind)
{
	struct buf body = {0};
	unsigned has = n >= HEAD + 2 ? read_number(message + HEAD, 2) : 0;
	const char *at = message + HEAD + 2, *end = message + n;
	uint64_t which = has ? dice_roll(dice, has) : 0;
	add_number(&body, cells, 2);
	for (unsigned i = 0; i < has && end - at >= 4; i++) {
		unsigned size = read_number(at, 4);
		const char *value = at + 4;
		at = value + (size == UINT32_MAX ? 0 : size);
		if (i >= cells)
			break;
		bool null = kind == GARBLE_NULLS && (i == which || dice_one_in(dice, 3));
		struct buf other = {0};
		if (kind == GARBLE_CELL && i == which)
			add_text(&other, dice);
		bool changed = kind == GARBLE_CELL && i == which;
		add_number(&body, null ? UINT32_MAX : changed ? (unsigned)other.len : size, 4);
		if (!null && changed)
			buf_add(&body, buf_text(&other), other.len);
		else if (!null && size != UINT32_MAX)
			buf_add(&body, value, size);
		buf_free(&other);
	}
	for (unsigned i = has; i < cells; i++)
		add_number(&body, UINT32_MAX, 4);
	add_message(out, 'D', buf_text(&body), body.len);
	buf_free(&body);
}

/* A description of the first columns alone. */
static void add_description(struct buf *out, const char *message, size_t n, unsigned columns)
{
	struct buf body = {0};
	const char *at = message + HEAD + 2, *end = message + n;
	add_number(&body, columns, 2);
	for (unsigned i = 0; i < columns && at < end; i++) {
		size_t size = strnlen(at, (size_t)(end - at)) + 1 + 18;
		buf_add(&body, at, size);
		at += size;
	}
	add_message(out, 'T', buf_text(&body), body.len);
	buf_free(&body);
}

/* ---- what is said aside ---- */

static void add_fields(struct buf *out, char type, const char *severity, struct dice *dice)
{
	static const char *const states[] = {"40001",
					     "XXA00",
					     "57P01",
					     "26000",
					     "0A000",
					     "\x1b[31m",
					     ("4\x07"
					      "00"),
					     "",
					     "00000",
					     "25P02",
					     "08006"};
	struct buf body = {0};
	buf_fmt(&body, "S%s%cV%s%c", severity, 0, severity, 0);
	buf_char(&body, 'C');
	buf_str(&body, dice_pick(dice, states, sizeof states / sizeof states[0]));
	buf_char(&body, 0);
	for (const char *field = "MDHPpqWstcdnFLR"; *field; field++) {
		if (*field != 'M' && dice_one_in(dice, 2))
			continue;
		buf_char(&body, *field);
		add_text(&body, dice);
		buf_char(&body, 0);
	}
	buf_char(&body, 0);
	add_message(out, type, buf_text(&body), body.len);
	buf_free(&body);
}

static void add_aside(struct buf *out, struct dice *dice)
{
	static const char *const parameters[] = {"server_version",   "client_encoding", "in_hot_standby",
						 "is_superuser",     "TimeZone",        "standard_conforming_strings",
						 "application_name", "crdb_version",    "DateStyle"};
	struct buf body = {0};
	switch (dice_roll(dice, 3)) {
	case 0:
		add_fields(out, 'N', dice_one_in(dice, 2) ? "WARNING" : "NOTICE", dice);
		break;
	case 1:
		buf_str(&body, dice_pick(dice, parameters, sizeof parameters / sizeof parameters[0]));
		buf_char(&body, 0);
		add_text(&body, dice);
		buf_char(&body, 0);
		add_message(out, 'S', buf_text(&body), body.len);
		break;
	default:
		add_number(&body, 4711, 4);
		add_text(&body, dice);
		buf_char(&body, 0);
		add_text(&body, dice);
		buf_char(&body, 0);
		add_message(out, 'A', buf_text(&body), body.len);
	}
	buf_free(&body);
}

static void add_login(struct buf *out, struct dice *dice)
{
	static const unsigned methods[] = {0, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 99};
	struct buf body = {0};
	unsigned method = methods[dice_roll(dice, sizeof methods / sizeof methods[0])];
	add_number(&body, method, 4);
	if (method == 10)
		buf_add(&body, "SCRAM-SHA-256\0\0", 15);
	else
		add_random(&body, dice, dice_roll(dice, 40));
	add_message(out, 'R', buf_text(&body), body.len);
	buf_free(&body);
}

/* ---- one message ---- */

static void add_bytes(struct buf *out, const char *message, size_t n, struct dice *dice)
{
	size_t from = out->len;
	buf_add(out, message, n);
	for (uint64_t i = dice_roll(dice, 4) + 1; i > 0 && n > HEAD; i--)
		out->p[from + HEAD + dice_roll(dice, n - HEAD)] = (char)dice_roll(dice, 256);
}

static void add_length(struct buf *out, const char *message, size_t n, struct dice *dice)
{
	static const unsigned lengths[] = {0, 1, 3, 4, 5, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000000, 30001};
	unsigned length = dice_one_in(dice, 2) ? lengths[dice_roll(dice, sizeof lengths / sizeof lengths[0])]
					       : (unsigned)(n - 1 + dice_roll(dice, 9) - 4);
	buf_char(out, message[0]);
	add_number(out, length, 4);
	buf_add(out, message + HEAD, n - HEAD);
}

static void add_type(struct buf *out, const char *message, size_t n, struct dice *dice)
{
	static const char types[] = "123ACDEGHIKNRSTVWZcdnstv";
	buf_char(out, dice_one_in(dice, 4) ? (char)dice_roll(dice, 256) : types[dice_roll(dice, sizeof types - 1)]);
	buf_add(out, message + 1, n - 1);
}

/* Kinds that go on from their message to the end of the session, and look for rows. */
static bool goes_on(enum garble_kind kind)
{
	return kind == GARBLE_NULLS || kind == GARBLE_COLUMNS;
}

static void add_rows(struct buf *out, const char *message, size_t n, struct dice *dice, enum garble_kind kind)
{
	unsigned columns = n >= HEAD + 2 ? read_number(message + HEAD, 2) : 0;
	unsigned fewer = columns ? columns - 1 : 0;
	if (kind == GARBLE_COLUMNS && message[0] == 'T')
		add_description(out, message, n, fewer);
	else if (message[0] == 'D' && kind == GARBLE_ROW)
		add_row(out, message, n, dice, (unsigned)dice_roll(dice, 2 * columns + 2), kind);
	else if (message[0] == 'D')
		add_row(out, message, n, dice, kind == GARBLE_COLUMNS ? fewer : columns, kind);
	else
		buf_add(out, message, n);
}

static void add_mutated(struct buf *out, const char *message, size_t n, struct dice *dice, enum garble_kind kind)
{
	static const char idle[] = "ITE";
	switch (kind) {
	case GARBLE_BYTES:
		add_bytes(out, message, n, dice);
		return;
	case GARBLE_SHORT:
		add_message(out, message[0], message + HEAD, dice_roll(dice, n - HEAD + 1));
		return;
	case GARBLE_CUT:
		buf_add(out, message, 1 + dice_roll(dice, n));
		return;
	case GARBLE_LENGTH:
		add_length(out, message, n, dice);
		return;
	case GARBLE_TYPE:
		add_type(out, message, n, dice);
		return;
	case GARBLE_DROP:
		return;
	case GARBLE_EARLY:
		add_message(out, 'Z', &idle[dice_roll(dice, 3)], 1);
		break;
	case GARBLE_DOUBLE:
		buf_add(out, message, n);
		break;
	case GARBLE_MANY:
		for (int i = 0; i < MANY; i++)
			buf_add(out, message, n);
		break;
	case GARBLE_ERROR:
		add_fields(out, 'E', dice_one_in(dice, 4) ? "FATAL" : "ERROR", dice);
		break;
	case GARBLE_ASIDE:
		add_aside(out, dice);
		break;
	case GARBLE_COPY:
		add_message(out, "GHW"[dice_roll(dice, 3)], "\0\0\1\0\0", 5);
		break;
	case GARBLE_LOGIN:
		add_login(out, dice);
		break;
	case GARBLE_NOISE:
		add_random(out, dice, dice_roll(dice, 300));
		break;
	case GARBLE_NULLS:
	case GARBLE_COLUMNS:
	case GARBLE_ROW:
	case GARBLE_CELL:
	case GARBLE_LATE:
	case GARBLE_KINDS:
		break;
	}
	buf_add(out, message, n);
}

void garble_arm(struct garble *garble, uint64_t seed, enum garble_kind kind, unsigned at)
{
	garble->at = 0;
	garble->happened = false;
	garble->seen = 0;
	garble->seed = seed;
	garble->kind = (int)kind;
	garble->type = ' ';
	garble->at = at;
}

static bool is_due(const struct garble *garble, char type)
{
	enum garble_kind kind = (enum garble_kind)garble->kind;
	if (!garble->at || garble->seen < garble->at)
		return false;
	if (goes_on(kind))
		return true;
	if ((kind == GARBLE_ROW || kind == GARBLE_CELL) && type != 'D')
		return false;
	return !garble->happened;
}

void garble_message(void *arg, const char *message, size_t n, struct buf *out)
{
	static struct buf late; /* in the relay's process, which has one garble */
	struct garble *garble = arg;
	enum garble_kind kind = (enum garble_kind)garble->kind;
	garble->seen++;
	if (n < HEAD || !is_due(garble, message[0])) {
		buf_add(out, message, n);
		buf_add(out, buf_text(&late), late.len);
		buf_clear(&late);
		return;
	}
	struct dice dice = dice_of(garble->seed, garble->seen);
	garble->happened = true;
	garble->type = message[0];
	if (kind == GARBLE_LATE)
		buf_add(&late, message, n);
	else if (goes_on(kind) || kind == GARBLE_ROW || kind == GARBLE_CELL)
		add_rows(out, message, n, &dice, kind);
	else
		add_mutated(out, message, n, &dice, kind);
}
