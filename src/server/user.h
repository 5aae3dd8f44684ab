/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom the private server runs as: PostgreSQL refuses to run as root. */
#ifndef SERVER_USER_H
#define SERVER_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct server_user {
	bool other; /* we are root and it is another user */
	uid_t uid;
	gid_t gid;
	gid_t groups[64];
	int n_groups;
	char name[64];
};

/* Asks the user database, so it belongs before a fork. Ourselves; where we are root, postgres, else nobody. */
MUST_CHECK enum status user_choose(struct server_user *user, struct err *err);

/* Files are opened and made as that user until user_doff(); for root only, a no-op otherwise. */
MUST_CHECK enum status user_don(const struct server_user *user, struct err *err);
MUST_CHECK enum status user_doff(const struct server_user *user, struct err *err);

/* Becomes that user for good. */
MUST_CHECK enum status user_become(const struct server_user *user, struct err *err);

#endif
