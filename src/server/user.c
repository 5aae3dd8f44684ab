/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom the private server runs as, and the way down from root. */
#include "src/server/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static void from_passwd(struct server_user *user, const struct passwd *pw)
{
	user->uid = pw->pw_uid;
	user->gid = pw->pw_gid;
	user->n_groups = COUNT_OF(user->groups);
	if (getgrouplist(pw->pw_name, pw->pw_gid, user->groups, &user->n_groups) < 0) {
		user->groups[0] = pw->pw_gid;
		user->n_groups = 1;
	}
	snprintf(user->name, sizeof user->name, "%s", pw->pw_name);
}

enum status user_choose(struct server_user *user, struct err *err)
{
	memset(user, 0, sizeof *user);
	user->uid = geteuid();
	user->gid = getegid();
	if (user->uid != 0) {
		snprintf(user->name, sizeof user->name, "user %u", (unsigned)user->uid);
		return ST_OK;
	}
	errno = 0;
	const struct passwd *pw = getpwnam("postgres");
	if (!pw)
		pw = getpwnam("nobody");
	if (!pw && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		return err_set(err, ST_OWN,
			       "cannot look up the user who is to run the private server: %s; see `ulimit -n`",
			       strerror(errno));
	if (!pw || pw->pw_uid == 0)
		return err_set(err, ST_OWN,
			       "PostgreSQL does not run as root and there is no user postgres to run it as: "
			       "`useradd --system postgres`, or run teller as an ordinary user");
	from_passwd(user, pw);
	user->other = true;
	return ST_OK;
}

static enum status user_failed(const struct server_user *user, struct err *err)
{
	return err_set(err, ST_OWN,
		       "cannot become the user %s to run the private server: %s; run teller as an ordinary user",
		       user->name, strerror(errno));
}

enum status user_don(const struct server_user *user, struct err *err)
{
	if (!user->other)
		return ST_OK;
	if (setgroups((size_t)user->n_groups, user->groups) || setegid(user->gid) || seteuid(user->uid))
		return user_failed(user, err);
	return ST_OK;
}

enum status user_doff(const struct server_user *user, struct err *err)
{
	if (!user->other)
		return ST_OK;
	if (seteuid(0) || setegid(0) || setgroups(0, NULL))
		return user_failed(user, err);
	return ST_OK;
}

enum status user_become(const struct server_user *user, struct err *err)
{
	if (!user->other)
		return ST_OK;
	if (setgroups((size_t)user->n_groups, user->groups) || setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return user_failed(user, err);
	/* A way back would mean that nothing was given up. */
	return setuid(0) == 0 ? user_failed(user, err) : ST_OK;
}
