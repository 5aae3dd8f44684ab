-- SPDX-License-Identifier: GPL-3.0-or-later
-- pgbench: the very statement of a transfer in flight, a transaction by itself.
\set i random(1, 5000)
\set from 100000000 + :i * 149987
\set to 100000000 + ((:i + random(0, 4998)) % 5000 + 1) * 149987
\set n :n + 1
\set id :run * 1000000000000 + :n * 64 + :client_id
\startpipeline
WITH moved AS (UPDATE plain.accounts AS a SET balance = was.balance + CASE WHEN a.id = :from THEN -:one::int8 ELSE :one::int8 END FROM plain.accounts AS was WHERE was.id = a.id AND a.id IN (:from, :to) AND (a.id <> :from OR was.balance >= :one::int8) RETURNING a.id = :from AS debit, a.balance AS balance, a.balance - was.balance AS change), checked AS (SELECT min(balance) FILTER (WHERE debit) AS source, min(balance) FILTER (WHERE NOT debit) AS destination, max(change) AS amount, count(*) FILTER (WHERE change = CASE WHEN debit THEN -:one::int8 ELSE :one::int8 END) AS good FROM moved), recorded AS (INSERT INTO plain.transfers (id, source, destination, amount) SELECT CASE WHEN good = 2 THEN lpad(:id::text, 32, '0')::uuid END, :from, :to, amount FROM checked RETURNING id, source, destination, amount, tableoid) SELECT c.source, c.destination, c.amount, 1 / CASE WHEN r.id IS NOT NULL AND r.source = :from::int8 AND r.destination = :to::int8 AND r.amount = c.amount::int8 THEN 1 ELSE 0 END AS written FROM checked AS c LEFT JOIN recorded AS r ON true;
\endpipeline
