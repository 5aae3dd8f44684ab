/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka with the headers that it wants before it. */
#ifndef SUPPORT_CHECK_H
#define SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Prints a text of any length for people, before a test fails: cmocka cuts its own messages at 1,024 bytes. */
void check_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
