/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program cockroach: where it is, what its version offers, and its command lines. */
#ifndef SERVER_COCKROACH_H
#define SERVER_COCKROACH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What a version offers is read from its own --help, never guessed from a number. */
struct cockroach {
	char path[PATH_MAX];
	bool single;      /* has start-single-node, and it is one node; else start, which makes a cluster of its own
			   * where it is to join none */
	bool ballast;     /* a store can do without a ballast file, which takes a part of the disk */
	bool external_io; /* --external-io-dir */
	bool certs;       /* connections and nodes prove who they are; else --insecure */
};

/* A command line for execve(). */
struct cockroach_words {
	char text[20][200];
	const char *argv[20 + 2]; /* the program, the words, NULL */
	size_t n;
};

/* `given` is a path, or "" for the program cockroach on PATH. */
MUST_CHECK enum status cockroach_find(struct cockroach *program, const char *given, struct err *err);

/* The command line that shows the help of starting. */
void cockroach_help(struct cockroach_words *words, const struct cockroach *program);
/* Takes from that help what there is to know; false where `single` was asked for in vain. An error where the program
 * cannot be used at all. */
bool cockroach_learn(struct cockroach *program, const char *help);
MUST_CHECK enum status cockroach_usable(const struct cockroach *program, const char *help, struct err *err);

/* They run in the private directory, where `certs` and `ca.key` are; a node runs in a directory of its own there. */
enum cockroach_cert { CERT_CA, CERT_NODE, CERT_CLIENT, CERT_COUNT };
void cockroach_cert(struct cockroach_words *words, const struct cockroach *program, enum cockroach_cert cert);
void cockroach_init(struct cockroach_words *words, const struct cockroach *program, int port);
/* `ports` of all `n` nodes; node `i` of them is started. It writes COCKROACH_URL once it listens. */
void cockroach_start(struct cockroach_words *words, const struct cockroach *program, const int *ports, size_t n,
		     size_t i);
#define COCKROACH_URL "url"

/* The environment for all of these: what `base` has, and nothing is reported to anybody. Owned, the strings that were
 * borrowed stay borrowed. */
char **cockroach_environment(char *const *base, const char *home);

#endif
