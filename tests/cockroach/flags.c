/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command lines of the tests' cockroach: which flags a version has, read strictly, and its help. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/cockroach/cockroach.h"

enum { START = 1, CLIENT = 2, CERT = 4 };

#define AT(field) offsetof(struct flags, field)
#define IGNORED SIZE_MAX

/* As in the documentation of 19.1, 22.1 and 25.2; `since` and `until` are versions as numbers: 1901. */
static const struct flag {
	const char *name;
	char letter;
	bool value;
	unsigned commands;
	int since, until;
	size_t at; /* the field that it sets */
	const char *help;
} table[] = {
	{"accept-sql-without-tls", 0, false, START, 2002, 9999, IGNORED, "accept SQL clients without TLS"},
	{"advertise-addr", 0, true, START, 0, 9999, IGNORED, "defaults to the setting of --listen-addr"},
	{"advertise-sql-addr", 0, true, START, 2001, 9999, IGNORED, "defaults to the setting of --sql-addr"},
	{"attrs", 0, true, START, 0, 9999, IGNORED, "node attributes"},
	{"background", 0, false, START, 0, 9999, IGNORED, "start the server in the background"},
	{"ca-key", 0, true, CERT, 0, 9999, AT(ca_key), "path to the CA key"},
	{"cache", 0, true, START, 0, 9999, IGNORED, "total size in bytes for caches"},
	{"certs-dir", 0, true, START | CLIENT | CERT, 0, 9999, AT(certs_dir), "path to certificates and keys"},
	{"cluster-name", 0, true, START | CLIENT, 1902, 9999, IGNORED, "a name to verify the cluster"},
	{"external-io-dir", 0, true, START, 0, 9999, IGNORED, "the local file path, or disabled"},
	{"host", 0, true, CLIENT, 0, 9999, AT(host), "node to connect to, host:port"},
	{"http-addr", 0, true, START, 0, 9999, AT(http_addr), "address of the console for browsers"},
	{"insecure", 0, false, START | CLIENT, 0, 9999, AT(insecure), "without certificates"},
	{"join", 'j', true, START, 0, 9999, AT(join), "addresses of nodes; see --listen-addr"},
	{"listen-addr", 0, true, START, 0, 9999, AT(listen_addr), "address to listen on; see --sql-addr"},
	{"listening-url-file", 0, true, START, 0, 9999, AT(url_file), "written once the node listens"},
	{"locality", 0, true, START, 0, 9999, IGNORED, "key-value pairs"},
	{"log", 0, true, START, 2101, 9999, IGNORED, "logging configuration"},
	{"logtostderr", 0, true, START, 0, 2100, IGNORED, "logs to standard error"},
	{"max-go-memory", 0, true, START, 2302, 9999, IGNORED, "soft limit of the runtime"},
	{"max-sql-memory", 0, true, START, 0, 9999, IGNORED, "for SQL clients"},
	{"pid-file", 0, true, START, 0, 9999, AT(pid_file), "the process ID, once the node is ready"},
	{"socket", 0, true, START, 0, 1999, IGNORED, "deprecated"},
	{"socket-dir", 0, true, START, 2001, 9999, IGNORED, "accept connections on a Unix socket there"},
	{"sql-addr", 0, true, START, 2001, 9999, IGNORED, "defaults to the setting of --listen-addr"},
	{"store", 's', true, START, 0, 9999, AT(store), "path=..., type=mem, size=..."},
};

static int version_number(const char *version)
{
	char *end;
	long major = strtol(version, &end, 10);
	return (int)(major * 100 + (*end == '.' ? strtol(end + 1, NULL, 10) : 0));
}

static unsigned flags_of(const char *command)
{
	return strcmp(command, "init") == 0 ? CLIENT : strcmp(command, "cert") == 0 ? CERT : START;
}

bool flags_knows(const char *version, const char *command)
{
	if (strcmp(command, "start-single-node") == 0)
		return version_number(version) >= 1902;
	if (strcmp(command, "cert") == 0)
		return !trouble("no-certs");
	return strcmp(command, "start") == 0 || strcmp(command, "init") == 0;
}

static bool flag_there(const struct flag *flag, const struct flags *flags)
{
	int version = version_number(flags->version);
	return (flag->commands & flags_of(flags->command)) && version >= flag->since && version <= flag->until &&
	       !(strcmp(flag->name, "join") == 0 && strcmp(flags->command, "start-single-node") == 0);
}

void flags_help(const struct flags *flags)
{
	printf("A command of the tests' cockroach.\n\nUsage:\n  cockroach %s [flags]\n\nFlags:\n", flags->command);
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (flag_there(&table[i], flags) && table[i].letter)
			printf("  -%c, --%s string\n         %s\n\n", table[i].letter, table[i].name, table[i].help);
		else if (flag_there(&table[i], flags))
			printf("      --%s%s\n         %s\n\n", table[i].name, table[i].value ? " string" : "",
			       table[i].help);
	if (version_number(flags->version) >= 2102)
		puts("  A store takes ballast-size=0 to do without a ballast file.");
}

static _Noreturn void flags_wrong(const struct flags *flags, const char *what, const char *name)
{
	exit(fail(flags->command, "%s: --%s", what, name));
}

static void flag_set(struct flags *flags, const struct flag *flag, const char *value)
{
	char *field = (char *)flags + flag->at;
	if (flag->at == IGNORED)
		return;
	if (flag->value)
		memcpy(field, &value, sizeof value);
	else
		*(bool *)field = true;
}

static const struct flag *flag_find(const struct flags *flags, const char *name, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strlen(table[i].name) == n && strncmp(table[i].name, name, n) == 0 && flag_there(&table[i], flags))
			return &table[i];
	return NULL;
}

void flags_read(struct flags *flags, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		const char *word = argv[i];
		if (strcmp(word, "--help") == 0) {
			flags->help = true;
			continue;
		}
		if (strncmp(word, "--", 2) != 0) {
			if (flags->nwords < COUNT_OF(flags->words))
				flags->words[flags->nwords++] = word;
			continue;
		}
		size_t n = strcspn(word + 2, "=");
		const struct flag *flag = flag_find(flags, word + 2, n);
		if (!flag)
			flags_wrong(flags, "unknown flag", word + 2);
		const char *value = word[2 + n] ? word + 3 + n : flag->value && i + 1 < argc ? argv[++i] : NULL;
		if (flag->value != (value != NULL))
			flags_wrong(flags, "flag needs another argument", flag->name);
		flag_set(flags, flag, value);
	}
}
