/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program cockroach: where it is, what its version offers, and its command lines. */
#include "src/server/cockroach.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* ---- finding it ---- */

static bool cockroach_is_program(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool cockroach_on_path(char out[PATH_MAX])
{
	for (const char *at = getenv("PATH"); at && *at;) {
		char path[PATH_MAX];
		size_t n = strcspn(at, ":");
		int len = snprintf(path, sizeof path, "%.*s/cockroach", (int)n, at);
		if (at[0] == '/' && (size_t)len < sizeof path && cockroach_is_program(path) && realpath(path, out))
			return true;
		at += n + (at[n] == ':');
	}
	return false;
}

enum status cockroach_find(struct cockroach *program, const char *given, struct err *err)
{
	if (!given[0] && cockroach_on_path(program->path))
		return ST_OK;
	if (!given[0])
		return err_set(err, ST_OWN,
			       "cannot find the program cockroach on PATH: install CockroachDB "
			       "(https://www.cockroachlabs.com/docs/releases), or name the program: "
			       "--cockroach=PATH");
	if (!realpath(given, program->path))
		return err_set(err, ST_OWN, "cannot find the program %.200s: %s; name that of CockroachDB", given,
			       strerror(errno));
	if (cockroach_is_program(program->path))
		return ST_OK;
	return err_set(err, ST_OWN, "%.200s is not a program that can be run: --cockroach takes that of CockroachDB",
		       given);
}

/* ---- what it offers ---- */

/* A flag has a line of its own, "  -s, --store ..." or "      --join ..."; the texts of others may name it, too. */
static bool cockroach_offers(const char *help, const char *flag)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t n = strlen(flag);
	for (const char *line = help; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = line + strspn(line, " \t");
		if (at[0] == '-' && at[1] && at[1] != '-' && at[2] == ',')
			at += 3 + strspn(at + 3, " ");
		if (strncmp(at, flag, n) == 0 && !(at[n] && strchr(name, at[n])))
			return true;
	}
	return false;
}

bool cockroach_learn(struct cockroach *program, const char *help)
{
	program->ballast = strstr(help, "ballast-size") != NULL;
	program->external_io = cockroach_offers(help, "--external-io-dir");
	return !program->single || strstr(help, "cockroach start-single-node");
}

enum status cockroach_usable(const struct cockroach *program, const char *help, struct err *err)
{
	static const char *const needed[] = {"--listen-addr", "--http-addr",          "--store",    "--join",
					     "--cache",       "--listening-url-file", "--insecure", "--certs-dir"};
	for (size_t i = 0; i < COUNT_OF(needed); i++)
		if (!cockroach_offers(help, needed[i]) && !(program->single && strcmp(needed[i], "--join") == 0))
			return err_set(err, ST_OWN,
				       "%.200s cannot be used: the help of its start names no %s; name the program of "
				       "CockroachDB 19.1 or newer",
				       program->path, needed[i]);
	return ST_OK;
}

/* ---- command lines ---- */

static void PRINTF_LIKE(2, 3) cockroach_word(struct cockroach_words *words, const char *fmt, ...)
{
	va_list ap;
	char *text = words->text[words->n];
	va_start(ap, fmt);
	vsnprintf(text, sizeof words->text[0], fmt, ap);
	va_end(ap);
	words->argv[++words->n] = text;
	words->argv[words->n + 1] = NULL;
}

static void cockroach_begin(struct cockroach_words *words, const struct cockroach *program, const char *command)
{
	*words = (struct cockroach_words){.argv = {program->path}};
	cockroach_word(words, "%s", command);
}

static void cockroach_security(struct cockroach_words *words, const struct cockroach *program, const char *certs)
{
	if (program->certs)
		cockroach_word(words, "--certs-dir=%s", certs);
	else
		cockroach_word(words, "--insecure");
}

static const char *cockroach_start_command(const struct cockroach *program)
{
	return program->single ? "start-single-node" : "start";
}

void cockroach_help(struct cockroach_words *words, const struct cockroach *program)
{
	cockroach_begin(words, program, cockroach_start_command(program));
	cockroach_word(words, "--help");
}

void cockroach_cert(struct cockroach_words *words, const struct cockroach *program, enum cockroach_cert cert)
{
	static const char *const commands[] = {
		[CERT_CA] = "create-ca", [CERT_NODE] = "create-node", [CERT_CLIENT] = "create-client"};
	cockroach_begin(words, program, "cert");
	cockroach_word(words, "%s", commands[cert]);
	if (cert == CERT_NODE) {
		cockroach_word(words, "localhost");
		cockroach_word(words, "127.0.0.1");
	} else if (cert == CERT_CLIENT) {
		cockroach_word(words, "root");
	}
	cockroach_word(words, "--certs-dir=certs");
	cockroach_word(words, "--ca-key=ca.key");
}

void cockroach_init(struct cockroach_words *words, const struct cockroach *program, int port)
{
	cockroach_begin(words, program, "init");
	cockroach_security(words, program, "certs");
	cockroach_word(words, "--host=127.0.0.1:%d", port);
}

static void cockroach_join(struct cockroach_words *words, const int *ports, size_t n)
{
	char list[128];
	size_t len = 0;
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(list + len, sizeof list - len, "%s127.0.0.1:%d", i ? "," : "", ports[i]);
	cockroach_word(words, "--join=%s", list);
}

/* Paths are relative to the node's directory, so that nothing in the name of that can be taken for a part of a value.
 * The page for browsers takes any port that is free. */
void cockroach_start(struct cockroach_words *words, const struct cockroach *program, const int *ports, size_t n,
		     size_t i)
{
	cockroach_begin(words, program, cockroach_start_command(program));
	cockroach_security(words, program, "../certs");
	cockroach_word(words, "--listen-addr=127.0.0.1:%d", ports[i]);
	cockroach_word(words, "--http-addr=127.0.0.1:0");
	cockroach_word(words, "--store=path=store%s", program->ballast ? ",ballast-size=0" : "");
	cockroach_word(words, "--cache=64MiB");
	cockroach_word(words, "--max-sql-memory=128MiB");
	cockroach_word(words, "--listening-url-file=" COCKROACH_URL);
	if (program->external_io)
		cockroach_word(words, "--external-io-dir=disabled");
	if (n > 1)
		cockroach_join(words, ports, n);
}

/* ---- its environment ---- */

char **cockroach_environment(char *const *base, const char *home)
{
	static char quiet[][48] = {"COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING=1", "COCKROACH_SKIP_UPDATE_CHECK=1",
				   "COCKROACH_CRASH_REPORTS="};
	static char places[2][PATH_MAX + 8];
	size_t n = 0;
	while (base[n])
		n++;
	char **env = mem_array(n + COUNT_OF(quiet) + COUNT_OF(places) + 1, sizeof *env);
	memcpy(env, base, n * sizeof *env);
	for (size_t i = 0; i < COUNT_OF(quiet); i++)
		env[n++] = quiet[i];
	snprintf(places[0], sizeof places[0], "HOME=%s", home);
	snprintf(places[1], sizeof places[1], "TMPDIR=%s", home);
	env[n++] = places[0];
	env[n++] = places[1];
	return env;
}
