/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tests' own program called cockroach: flags, help and files as CockroachDB documents them, and the translator for
 * SQL. */
#ifndef COCKROACH_COCKROACH_H
#define COCKROACH_COCKROACH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * It takes what the version of STANDIN_VERSION takes ("19.1", "22.1", "25.2"), and nothing else. SQL is run by the
 * PostgreSQL at the Unix socket STANDIN_SOCKET; the databases of a cluster have names there that begin with its token,
 * which its stores hold. It is not alike in this: nodes do not replicate, so that a cluster serves however few are left.
 * What goes wrong is asked for by the file STANDIN_TROUBLE, a word a line:
 *     steal     another program takes the port in the moment before the next node listens; the word is struck out then
 *     refuse    a node does not start, and says why with a control character
 *     mute      a node never gets ready
 *     late-url  a node says that it listens only when it is a member of a cluster
 *     commit-late, answer-late  a commit takes seconds; it is done at once and its answer takes seconds
 *     no-certs  there is no command cert
 *     copying   the cluster has not copied its data to three nodes yet
 */
struct flags {
	const char *version;
	const char *command;
	const char *words[8]; /* that are no flags */
	size_t nwords;
	bool insecure, help;
	const char *certs_dir, *ca_key, *listen_addr, *http_addr, *store, *join, *url_file, *pid_file, *host;
};

/* flags.c: strict; on an error says so as cockroach does and ends with its exit status. */
void flags_read(struct flags *flags, int argc, char **argv);
void flags_help(const struct flags *flags);
bool flags_knows(const char *version, const char *command);

/* node.c */
int node_run(const struct flags *flags);
int node_init(const struct flags *flags);

/* cert.c, tls.c */
int cert_run(const struct flags *flags);
/* The descriptor on which the client speaks in the clear, in a process of its own; -1 where it does not want TLS. */
int tls_accept(const char *certs, int client);

bool trouble(const char *word);                                                            /* it is asked for */
void trouble_over(const char *word);                                                       /* strikes it out */
int fail(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* the exit status */

#endif
