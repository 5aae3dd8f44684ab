/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The id of the transfer that undoes another: made from the other's. */
#include <string.h>
#include <uuid/uuid.h>

#include "bank/transfer.h"

/* A name-based UUID (RFC 4122, version 5) in the name space of what it undoes. */
void transfer_undo_id(char out[TRANSFER_ID_SIZE], const char *id)
{
	static const char name[] = "undo";
	uuid_t space, made;
	if (uuid_parse(id, space) != 0)
		uuid_clear(space);
	uuid_generate_sha1(made, space, name, strlen(name));
	uuid_unparse_lower(made, out);
}
