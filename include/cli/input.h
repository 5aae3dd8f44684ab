/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines from a descriptor, read without blocking the loop. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "base/loop.h"

struct input;
struct line_editor; /* cli/line_editor.h */

/* The descriptor stays the caller's. One that can be waited for (pipe, socket, terminal) is watched; a file is read. */
struct input *input_new(struct loop *loop, int fd);
void input_free(struct input *input);

/* Calls fn(arg, line) from the loop with the next line, without its end; NULL once there is none. A line that is
 * longer than a command line can be is cut, but still longer than that; a byte 0 becomes byte 1. Not while one is
 * awaited. */
typedef void input_fn(void *arg, const char *line);
void input_next(struct input *input, input_fn *fn, void *arg);
/* The same, but the bytes go through the editor, which has begun a line; with NULL it is input_next(). */
void input_next_edited(struct input *input, const struct line_editor *editor, input_fn *fn, void *arg);
int input_error(const struct input *input); /* the errno of a read that failed, and so was the end; 0 */

#endif
