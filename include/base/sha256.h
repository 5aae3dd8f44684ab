/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256, for what a document must name by its hash. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>

#include "base/buf.h"

/* Appends the hash of bytes[0..n) in base64: 44 characters. */
void sha256_base64(struct buf *out, const char *bytes, size_t n);

#endif
