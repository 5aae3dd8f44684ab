/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter of the accounts: its grammar, read from left to right, and the condition that is written as it is read. */
#include "bank/filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "filter_internal.h"
#include "say.h"
#include "src/bank/sql/ident.h"
#include "src/bank/sql/qualify.h"

struct filter {
	char *text;
	struct buf sql;
	char *params[FILTER_PARAMS_MAX];
	unsigned nparams;
};

/* The condition in SQL has the same order and the same rules of precedence as what was typed, so it needs no tree. */
struct parser {
	const struct catalogue *catalogue;
	struct lexer lexer;
	struct filter *filter;
	unsigned depth;
	struct err *err;
};

/* ---- what is wrong ---- */

static bool wrong(struct parser *parser, const struct token *token, const char *wanted)
{
	struct said word = say_id(token->text);
	if (parser->err->status)
		return false;
	if (token->kind == TOKEN_BROKEN)
		err_set(parser->err, ST_USAGE, "filter, column %zu: %s", token->column, token->wrong);
	else if (token->kind == TOKEN_END)
		err_set(parser->err, ST_USAGE, "filter, column %zu: expected %s at the end", token->column, wanted);
	else
		err_set(parser->err, ST_USAGE, "filter, column %zu: expected %s, found %s", token->column, wanted,
			word.text);
	return false;
}

static bool is_word(const struct parser *parser, const char *word)
{
	const struct token *token = &parser->lexer.token;
	return token->kind == TOKEN_WORD && strcasecmp(token->text, word) == 0;
}

static bool is_sign(const struct parser *parser, const char *sign)
{
	const struct token *token = &parser->lexer.token;
	return token->kind == TOKEN_SIGN && strcmp(token->text, sign) == 0;
}

static bool take_word(struct parser *parser, const char *word)
{
	if (!is_word(parser, word))
		return false;
	lexer_next(&parser->lexer);
	return true;
}

static bool take_sign(struct parser *parser, const char *sign)
{
	if (!is_sign(parser, sign))
		return false;
	lexer_next(&parser->lexer);
	return true;
}

static bool need_sign(struct parser *parser, const char *sign, const char *called)
{
	return take_sign(parser, sign) || wrong(parser, &parser->lexer.token, called);
}

/* ---- columns ---- */

static bool same_name(const struct token *token, const char *name)
{
	return token->kind == TOKEN_QUOTED ? strcmp(token->text, name) == 0 : strcasecmp(token->text, name) == 0;
}

static bool find_column(const struct catalogue *c, const struct token *token, struct filter_column *column)
{
	if (same_name(token, c->id_name) || (token->kind == TOKEN_WORD && strcasecmp(token->text, "id") == 0)) {
		*column = (struct filter_column){c->id_name, c->id_type};
		return true;
	}
	if (same_name(token, c->balance_name)) {
		*column = (struct filter_column){c->balance_name, c->balance_type};
		return true;
	}
	for (size_t i = 0; i < c->nextra; i++)
		if (same_name(token, c->extra[i])) {
			*column = (struct filter_column){c->extra[i], c->extra_type[i]};
			return true;
		}
	return false;
}

static void add_names(struct buf *out, const struct catalogue *c)
{
	buf_fmt(out, "%s, %s", c->id_name, c->balance_name);
	for (size_t i = 0; i < c->nextra; i++)
		buf_fmt(out, ", %s", c->extra[i]);
}

static bool column(struct parser *parser, struct filter_column *column)
{
	const struct token *token = &parser->lexer.token;
	if (token->kind != TOKEN_WORD && token->kind != TOKEN_QUOTED)
		return wrong(parser, token, "a column's name");
	if (!find_column(parser->catalogue, token, column)) {
		struct buf names = {0};
		struct said word = say_id(token->text);
		add_names(&names, parser->catalogue);
		err_set(parser->err, ST_USAGE, "filter, column %zu: there is no column %s; there are %s", token->column,
			word.text, buf_text(&names));
		buf_free(&names);
		return false;
	}
	lexer_next(&parser->lexer);
	return true;
}

/* ---- what is written ---- */

static bool qualified(const struct parser *parser)
{
	return parser->catalogue->qualified;
}

/* A type that a user made is compared as it is written: its operators and casts are a user's too. */
static bool is_others(const struct parser *parser, const struct filter_column *column)
{
	return qualified(parser) && strchr(column->type, '.');
}

/* What the type's own output makes of it; a row of NULLs is not NULL. */
static void add_output(struct buf *sql, const char *name)
{
	char *quoted = ident_quoted(name);
	qualify_add(sql, true, "CASE WHEN %s IS DISTINCT FROM NULL THEN @format('%%s', %s) END", quoted, quoted);
	free(quoted);
}

static void filter_add_column(struct parser *parser, const struct filter_column *column)
{
	if (is_others(parser, column))
		add_output(&parser->filter->sql, column->name);
	else
		ident_add(&parser->filter->sql, column->name);
}

static void add_operator(struct parser *parser, const char *operator)
{
	buf_fmt(&parser->filter->sql, qualified(parser) ? " OPERATOR(pg_catalog.%s) " : " %s ", operator);
}

/* ---- values ---- */

static bool value(struct parser *parser, const struct filter_column *column, bool as_text)
{
	struct filter *filter = parser->filter;
	const struct token *token = &parser->lexer.token;
	bool truth = is_word(parser, "true") || is_word(parser, "false");
	if (token->kind != TOKEN_NUMBER && token->kind != TOKEN_TEXT && !truth)
		return wrong(parser, token, "a number or text in single quotes");
	const char *cast = "";
	if (!as_text && !is_others(parser, column) && !filter_value_fits(column, token, &cast, parser->err))
		return false;
	if (qualified(parser) && (as_text || is_others(parser, column)))
		cast = "::text";
	if (filter->nparams == FILTER_PARAMS_MAX) {
		err_set(parser->err, ST_USAGE, "filter, column %zu: a filter has at most %d values", token->column,
			(int)FILTER_PARAMS_MAX);
		return false;
	}
	filter->params[filter->nparams++] = mem_dup(token->text);
	buf_fmt(&filter->sql, "$%u", filter->nparams);
	if (cast[0])
		qualify_add(&filter->sql, qualified(parser), "::@%s", cast + 2);
	lexer_next(&parser->lexer);
	return true;
}

/* ---- tests ---- */

static bool comparison(struct parser *parser, const struct filter_column *column)
{
	static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
	filter_add_column(parser, column);
	if (take_sign(parser, "!=")) {
		add_operator(parser, "<>");
		return value(parser, column, false);
	}
	for (size_t i = 0; i < COUNT_OF(signs); i++)
		if (take_sign(parser, signs[i])) {
			add_operator(parser, signs[i]);
			return value(parser, column, false);
		}
	return wrong(parser, &parser->lexer.token, "a comparison such as = or <");
}

static bool is_null(struct parser *parser, const struct filter_column *column)
{
	ident_add(&parser->filter->sql, column->name);
	bool negated = take_word(parser, "not");
	if (!take_word(parser, "null"))
		return wrong(parser, &parser->lexer.token, negated ? "null" : "null or not null");
	buf_str(&parser->filter->sql, negated ? " IS NOT NULL" : " IS NULL");
	return true;
}

static void begin_group(struct parser *parser, bool negated)
{
	if (qualified(parser))
		buf_str(&parser->filter->sql, negated ? "NOT (" : "(");
}

/* BETWEEN and IN find their operators by name: where that must not be, they are written as what they stand for. */
static bool between(struct parser *parser, const struct filter_column *column, bool negated)
{
	begin_group(parser, negated);
	filter_add_column(parser, column);
	if (qualified(parser))
		add_operator(parser, ">=");
	else
		buf_str(&parser->filter->sql, negated ? " NOT BETWEEN " : " BETWEEN ");
	if (!value(parser, column, false))
		return false;
	if (!take_word(parser, "and"))
		return wrong(parser, &parser->lexer.token, "\"and\" and the upper end");
	buf_str(&parser->filter->sql, " AND ");
	if (!qualified(parser))
		return value(parser, column, false);
	filter_add_column(parser, column);
	add_operator(parser, "<=");
	bool good = value(parser, column, false);
	buf_char(&parser->filter->sql, ')');
	return good;
}

static bool one_of(struct parser *parser, const struct filter_column *column, bool first)
{
	if (!qualified(parser)) {
		buf_str(&parser->filter->sql, first ? "" : ", ");
		return value(parser, column, false);
	}
	buf_str(&parser->filter->sql, first ? "" : " OR ");
	filter_add_column(parser, column);
	add_operator(parser, "=");
	return value(parser, column, false);
}

static bool in(struct parser *parser, const struct filter_column *column, bool negated)
{
	begin_group(parser, negated);
	if (!qualified(parser)) {
		filter_add_column(parser, column);
		buf_str(&parser->filter->sql, negated ? " NOT IN (" : " IN (");
	}
	if (!need_sign(parser, "(", "a ( with the values") || !one_of(parser, column, true))
		return false;
	while (take_sign(parser, ","))
		if (!one_of(parser, column, false))
			return false;
	buf_char(&parser->filter->sql, ')');
	return need_sign(parser, ")", "a comma or )");
}

/* Patterns are for text; anything else is compared as it is written. */
static bool like(struct parser *parser, const struct filter_column *column, bool negated, bool any_case)
{
	struct buf *sql = &parser->filter->sql;
	static const char *const operators[2][2] = {{"~~", "~~*"}, {"!~~", "!~~*"}};
	bool text = filter_is_text(column) && !is_others(parser, column);
	if (text || !qualified(parser))
		ident_add(sql, column->name);
	else
		add_output(sql, column->name);
	if (qualified(parser))
		add_operator(parser, operators[negated][any_case]);
	else
		buf_fmt(sql, "%s %s%s ", text ? "" : "::text", negated ? "NOT " : "", any_case ? "ILIKE" : "LIKE");
	return value(parser, column, true);
}

static bool test(struct parser *parser)
{
	struct filter_column tested;
	if (!column(parser, &tested))
		return false;
	if (take_word(parser, "is"))
		return is_null(parser, &tested);
	bool negated = take_word(parser, "not");
	if (take_word(parser, "between"))
		return between(parser, &tested, negated);
	if (take_word(parser, "in"))
		return in(parser, &tested, negated);
	if (take_word(parser, "like"))
		return like(parser, &tested, negated, false);
	if (take_word(parser, "ilike"))
		return like(parser, &tested, negated, true);
	return negated ? wrong(parser, &parser->lexer.token, "between, in, like or ilike")
		       : comparison(parser, &tested);
}

/* ---- conditions ---- */

static bool condition(struct parser *parser);

static bool deeper(struct parser *parser)
{
	if (parser->depth++ < FILTER_DEPTH_MAX)
		return true;
	err_set(parser->err, ST_USAGE, "filter, column %zu: it is nested deeper than %d levels",
		parser->lexer.token.column, (int)FILTER_DEPTH_MAX);
	return false;
}

static bool factor(struct parser *parser)
{
	struct buf *sql = &parser->filter->sql;
	if (!deeper(parser))
		return false;
	bool good;
	if (take_word(parser, "not")) {
		buf_str(sql, "NOT ");
		good = factor(parser);
	} else if (take_sign(parser, "(")) {
		buf_char(sql, '(');
		good = condition(parser) && need_sign(parser, ")", "\"and\", \"or\" or )");
		buf_char(sql, ')');
	} else {
		good = test(parser);
	}
	parser->depth--;
	return good;
}

static bool term(struct parser *parser)
{
	bool good = factor(parser);
	while (good && take_word(parser, "and")) {
		buf_str(&parser->filter->sql, " AND ");
		good = factor(parser);
	}
	return good;
}

static bool condition(struct parser *parser)
{
	bool good = term(parser);
	while (good && take_word(parser, "or")) {
		buf_str(&parser->filter->sql, " OR ");
		good = term(parser);
	}
	return good;
}

static bool whole(struct parser *parser)
{
	return condition(parser) && (parser->lexer.token.kind == TOKEN_END ||
				     wrong(parser, &parser->lexer.token, "\"and\", \"or\" or the end"));
}

/* ---- the filter ---- */

static char *trimmed(const char *text)
{
	static const char blanks[] = " \t\r\n\v\f";
	text += strspn(text, blanks);
	size_t n = strlen(text);
	while (n > 0 && strchr(blanks, text[n - 1]))
		n--;
	return mem_dup_n(text, n);
}

enum status filter_new(struct filter **out, const struct catalogue *catalogue, const char *text, struct err *err)
{
	*out = NULL;
	err_clear(err);
	if (strnlen(text, FILTER_BYTES_MAX + 1) > FILTER_BYTES_MAX)
		return err_set(err, ST_USAGE, "the filter is longer than %d bytes", (int)FILTER_BYTES_MAX);
	struct filter *filter = NEW(struct filter);
	filter->text = trimmed(text);
	struct parser parser = {.catalogue = catalogue, .filter = filter, .err = err};
	lexer_start(&parser.lexer, filter->text);
	bool good = whole(&parser);
	lexer_done(&parser.lexer);
	if (!good) {
		filter_free(filter);
		return err->status;
	}
	*out = filter;
	return ST_OK;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	for (unsigned i = 0; i < filter->nparams; i++)
		free(filter->params[i]);
	buf_free(&filter->sql);
	free(filter->text);
	free(filter);
}

const char *filter_text(const struct filter *filter)
{
	return filter->text;
}

const char *filter_sql(const struct filter *filter)
{
	return buf_text(&filter->sql);
}

const char *const *filter_params(const struct filter *filter, unsigned *n)
{
	*n = filter->nparams;
	return (const char *const *)filter->params;
}
