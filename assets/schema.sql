-- SPDX-License-Identifier: GPL-3.0-or-later
-- The tables of the bank, as the tutorial makes them, and the ledger of transfers. One statement a paragraph.

CREATE TABLE IF NOT EXISTS accounts (
	id SERIAL NOT NULL,
	balance INTEGER,
	PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS transfers (
	id UUID PRIMARY KEY,
	source BIGINT NOT NULL,
	destination BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	made_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
