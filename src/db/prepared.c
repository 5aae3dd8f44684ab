/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which texts the server of a connection knows as prepared statements. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "db_internal.h"

struct prepared *prepared_find(struct db *db, const char *sql)
{
	for (size_t n = 0, i = db->last_found; n < db->nprepared; n++) {
		i = i + 1 < db->nprepared ? i + 1 : 0; /* they mostly come in the same order again */
		if (db->prepared[i].asked == sql && strcmp(db->prepared[i].sql, sql) == 0) {
			db->last_found = i;
			return &db->prepared[i];
		}
	}
	for (size_t i = 0; i < db->nprepared; i++)
		if (strcmp(db->prepared[i].sql, sql) == 0) {
			db->prepared[i].asked = sql;
			return &db->prepared[i];
		}
	return NULL;
}

struct prepared *prepared_add(struct db *db, const char *sql)
{
	if (db->nprepared == PREPARED_MAX)
		return NULL;
	char id[UUID_SIZE];
	struct prepared *prepared = &db->prepared[db->nprepared++];
	*prepared = (struct prepared){
		.sql = mem_dup(sql), .asked = sql, .kept = ring_keep(db->ring, sql), .number = ++db->last_prepared};
	uuid_of(id, "b6a1a6ab-6a8a-4c1d-9a2e-6d1f0f6c5b52", sql); /* a name space of its own */
	snprintf(prepared->name, sizeof prepared->name, "teller_%s_%u", id, db->generation);
	return prepared;
}

struct prepared *prepared_numbered(struct db *db, unsigned number)
{
	size_t i = 0;
	while (i < db->nprepared && db->prepared[i].number != number)
		i++;
	return i < db->nprepared ? &db->prepared[i] : NULL;
}

void prepared_drop(struct db *db, unsigned number)
{
	struct prepared *prepared = prepared_numbered(db, number);
	if (!prepared)
		return;
	free(prepared->sql);
	*prepared = db->prepared[--db->nprepared];
}

void prepared_clear(struct db *db)
{
	for (size_t i = 0; i < db->nprepared; i++)
		free(db->prepared[i].sql);
	db->nprepared = 0;
}
