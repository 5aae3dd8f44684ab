-- SPDX-License-Identifier: GPL-3.0-or-later
-- pgbench: the very statements of teller's way read-write; it cannot say the balances that it has read, and says any but -1.
\set i random(1, 5000)
\set from 100000000 + :i * 149987
\set to 100000000 + ((:i + random(0, 4998)) % 5000 + 1) * 149987
\set n :n + 1
\set id :run * 1000000000000 + :n * 64 + :client_id
\startpipeline
BEGIN ISOLATION LEVEL SERIALIZABLE;
SAVEPOINT cockroach_restart;
SELECT id, balance FROM plain.accounts WHERE id IN (:from, :to);
\endpipeline
\startpipeline
UPDATE plain.accounts SET balance = balance - :one WHERE id = :from;
UPDATE plain.accounts SET balance = balance + :one WHERE id = :to;
WITH written AS (INSERT INTO plain.transfers (id, source, destination, amount) VALUES (CASE WHEN (SELECT balance FROM plain.accounts WHERE id = :from) <> -1 AND (SELECT balance FROM plain.accounts WHERE id = :to) <> -1 THEN lpad(:id::text, 32, '0')::uuid END, :from, :to, :one) RETURNING id, source, destination, amount, tableoid) SELECT 1 / count(*) AS written FROM written WHERE id IS NOT NULL AND source = :from::int8 AND destination = :to::int8 AND amount = :one;
RELEASE SAVEPOINT cockroach_restart;
COMMIT;
\endpipeline
