/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka with the headers that it wants before it. */
#ifndef SUPPORT_CHECK_H
#define SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
