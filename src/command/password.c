/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for the password on the terminal, without echo. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/plain.h"
#include "command/settings.h"

static enum status read_line(int fd, struct buf *line, struct err *err)
{
	char c = 0;
	ssize_t n;
	while ((n = read(fd, &c, 1)) == 1 && c != '\n')
		buf_char(line, c);
	if (n < 1 && line->len == 0)
		return err_set(err, ST_CANCELLED, "no password was given");
	return ST_OK;
}

enum status plain_password(struct settings *settings, struct err *err)
{
	static const char question[] = "Password: ";
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct termios old, quiet;
	if (fd < 0 || tcgetattr(fd, &old)) {
		if (fd >= 0)
			close(fd);
		return err_set(err, ST_OWN,
			       "there is no terminal to ask for a password on; use PGPASSWORD or ~/.pgpass");
	}
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	struct buf line = {0};
	tcsetattr(fd, TCSAFLUSH, &quiet);
	enum status status = write(fd, question, sizeof question - 1) < 0
				     ? err_set(err, ST_OWN, "the terminal: %s", strerror(errno))
				     : read_line(fd, &line, err);
	tcsetattr(fd, TCSAFLUSH, &old);
	if (write(fd, "\n", 1) < 0)
		status = err_set(err, ST_OWN, "the terminal: %s", strerror(errno));
	close(fd);
	free(settings->conninfo.password);
	settings->conninfo.password = buf_take(&line);
	return status;
}
