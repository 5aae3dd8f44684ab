-- SPDX-License-Identifier: GPL-3.0-or-later
-- pgbench: the seven statements of a transfer in two round trips, as a client sends them that decides between reading and writing.
\set i random(1, 5000)
\set from 100000000 + :i * 149987
\set to 100000000 + ((:i + random(0, 4998)) % 5000 + 1) * 149987
\startpipeline
BEGIN ISOLATION LEVEL SERIALIZABLE;
SAVEPOINT cockroach_restart;
SELECT id, balance FROM plain.accounts WHERE id IN (:from, :to);
\endpipeline
\startpipeline
UPDATE plain.accounts SET balance = balance - 1 WHERE id = :from;
UPDATE plain.accounts SET balance = balance + 1 WHERE id = :to;
RELEASE SAVEPOINT cockroach_restart;
COMMIT;
\endpipeline
