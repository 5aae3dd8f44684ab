/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The id of the transfer that undoes another: made from the other's. */
#include "bank/transfer.h"
#include "base/uuid.h"

/* A name in the name space of what it undoes. */
void transfer_undo_id(char out[TRANSFER_ID_SIZE], const char *id)
{
	uuid_of(out, id, "undo");
}
