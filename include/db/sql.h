/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of the SQL that asks a server about itself. All names are qualified: it must not run what others put in front
 * of pg_catalog. */
#ifndef DB_SQL_H
#define DB_SQL_H

/* A timestamp as microseconds since 1970: exact, and as text the same for every session. */
#define SQL_MICROSECONDS(time)                                                                                         \
	"(pg_catalog.date_part('epoch', " time ") OPERATOR(pg_catalog.*) 1000000::pg_catalog.float8)::pg_catalog.int8"

/* The milliseconds that have passed since a timestamp. */
#define SQL_AGE_MS(time)                                                                                               \
	"(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) " time                     \
	") OPERATOR(pg_catalog.*) 1000::pg_catalog.float8)"

/* The same in whole microseconds; NULL where the timestamp is. */
#define SQL_AGE_US(time)                                                                                               \
	"(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) " time                     \
	") OPERATOR(pg_catalog.*) 1000000::pg_catalog.float8)::pg_catalog.int8"

#endif
