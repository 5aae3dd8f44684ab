// SPDX-License-Identifier: GPL-3.0-or-later
// Locks in one order in Go with pgx: who takes rows in the order of their ids is in no deadlock over them.

package bank

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Transfer locks both rows before anything is decided, the lower id first. It is called in a transaction.
func Transfer(ctx context.Context, tx pgx.Tx, source, destination, amount int64) error {
	balances, err := lock(ctx, tx, source, destination)
	if err != nil {
		return err
	}
	if len(balances) != 2 {
		return errors.New("two different accounts are needed, and both must be there")
	}
	if balances[source] < amount {
		return fmt.Errorf("account %d has less than %d", source, amount)
	}
	// From here on nobody else can change the two rows, and the order of the updates does not matter.
	const move = "UPDATE accounts SET balance = balance + $1 WHERE id = $2"
	if _, err := tx.Exec(ctx, move, -amount, source); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, move, amount, destination)
	return err
}

func lock(ctx context.Context, tx pgx.Tx, ids ...int64) (map[int64]int64, error) {
	const read = "SELECT id, balance FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE"
	rows, err := tx.Query(ctx, read, ids)
	if err != nil {
		return nil, err
	}
	balances := map[int64]int64{}
	var id, balance int64
	_, err = pgx.ForEachRow(rows, []any{&id, &balance}, func() error {
		balances[id] = balance
		return nil
	})
	return balances, err
}
