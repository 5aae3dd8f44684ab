/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PgBouncer in front of a test server, in any of its pool modes. */
#ifndef SUPPORT_POOLER_H
#define SUPPORT_POOLER_H

#include <stdbool.h>
#include <sys/types.h>

struct pooler {
	char dir[64]; /* of its Unix socket: PGHOST for clients; its configuration and its log are there too */
	int port;     /* 5432; a port of its own where it listens on 127.0.0.1 as well */
	pid_t pid;
};

struct pooler_options {
	const char *mode;  /* session, transaction or statement */
	int size;          /* sessions with the server for each database and user; 0 is 2 */
	const char *reset; /* server_reset_query; NULL is PgBouncer's own, DISCARD ALL, which only session mode runs */
	const char *more;  /* further lines of the ini file */
	const char *host;  /* of the server, a directory or an address; NULL: PGHOST and PGPORT */
	int server_port;
	const char *users; /* that it lets in, all without a password, separated by blanks; NULL is teller */
	bool loopback;     /* listen on 127.0.0.1 as well */
};

/* Returns once it lets a client through to the server. It dies with this process. */
void pooler_start(struct pooler *pooler, const struct pooler_options *options);
void pooler_stop(struct pooler *pooler); /* clients and servers lose their connections at once */

/* It stands still: connections stay, nothing passes. */
void pooler_pause(const struct pooler *pooler);
void pooler_resume(const struct pooler *pooler);

/* What it has to do with that database now. */
struct pooler_counts {
	int clients; /* served or waiting */
	int at_work; /* sessions with the server that serve a client */
	int servers; /* all sessions with the server */
};
struct pooler_counts pooler_count(const struct pooler *pooler, const char *database);

/* A connection string to it. Static, for one call. */
const char *pooler_target(const struct pooler *pooler, const char *database);

/* PGHOST and PGPORT are set to it. */
void pooler_use(const struct pooler *pooler);

#endif
