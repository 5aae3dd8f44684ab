-- SPDX-License-Identifier: GPL-3.0-or-later
-- pgbench: the seven statements of a transfer in two round trips, and the row of the ledger.
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
INSERT INTO plain.transfers (id, source, destination, amount) VALUES (gen_random_uuid(), :from, :to, 1);
RELEASE SAVEPOINT cockroach_restart;
COMMIT;
\endpipeline
