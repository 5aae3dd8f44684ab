/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New UUIDs: one system call each, where libuuid makes six. */
#include "base/uuid.h"

#include <stddef.h>
#include <string.h>
#include <uuid/uuid.h>

#include "base/rng.h"

void uuid_draw(char out[UUID_SIZE])
{
	unsigned char bytes[16];
	char *at = out;
	rng_bytes(bytes, sizeof bytes);
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* version 4, random */
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* the variant of RFC 4122 */
	for (size_t i = 0; i < sizeof bytes; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = "0123456789abcdef"[bytes[i] >> 4];
		*at++ = "0123456789abcdef"[bytes[i] & 0x0f];
	}
	*at = '\0';
}

void uuid_of(char out[UUID_SIZE], const char *space, const char *name)
{
	uuid_t parsed, made;
	if (uuid_parse(space, parsed) != 0)
		uuid_clear(parsed);
	uuid_generate_sha1(made, parsed, name, strlen(name));
	uuid_unparse_lower(made, out);
}
