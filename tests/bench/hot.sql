-- SPDX-License-Identifier: GPL-3.0-or-later
-- pgbench: the tutorial's statements of a transfer, one after another, among eight accounts.
\set i random(1, 8)
\set from 100000000 + :i * 149987
\set to 100000000 + ((:i + random(0, 6)) % 8 + 1) * 149987
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT id, balance FROM plain.accounts WHERE id IN (:from, :to);
UPDATE plain.accounts SET balance = balance - 1 WHERE id = :from;
UPDATE plain.accounts SET balance = balance + 1 WHERE id = :to;
COMMIT;
