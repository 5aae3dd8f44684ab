/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New UUIDs: the ids of transfers, by which each is made at most once. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

enum { UUID_SIZE = 37 };

/* A UUID of random bits (version 4), in lower case. */
void uuid_draw(char out[UUID_SIZE]);

/* The UUID of a name in a name space, which is a UUID too (RFC 4122, version 5): always the same one, and no other
 * name's. */
void uuid_of(char out[UUID_SIZE], const char *space, const char *name);

#endif
