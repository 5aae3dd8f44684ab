// SPDX-License-Identifier: GPL-3.0-or-later
// The idempotency key in Go with pgx: the same request, sent twice, moves the money once.

package bank

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrRejected: the bank says no. The same request will not do better.
var ErrRejected = errors.New("rejected")

// Pay is one attempt, in a transaction. The key is written with the money: both are there, or neither is.
func Pay(ctx context.Context, tx pgx.Tx, key string, source, destination, amount int64) error {
	const request = `INSERT INTO transfers (id, source, destination, amount) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO NOTHING`
	tag, err := tx.Exec(ctx, request, key, source, destination, amount)
	if err != nil || tag.RowsAffected() == 0 {
		return err // nil: paid already, for whoever wrote the key has committed: this INSERT waited for them
	}
	const take = "UPDATE accounts SET balance = balance - $1 WHERE id = $2 AND balance >= $1"
	if tag, err = tx.Exec(ctx, take, amount, source); err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return fmt.Errorf("%w: account %d has less than %d", ErrRejected, source, amount)
	}
	const give = "UPDATE accounts SET balance = balance + $1 WHERE id = $2"
	if tag, err = tx.Exec(ctx, give, amount, destination); err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return fmt.Errorf("%w: there is no account %d", ErrRejected, destination)
	}
	return nil
}

// PayOnce takes a key that was made once, before the first attempt, and is kept with the order that it belongs to.
// After a lost connection nobody knows whether COMMIT arrived: the same key makes it safe to ask again.
func PayOnce(ctx context.Context, pool *pgxpool.Pool, key string, source, destination, amount int64) error {
	const attempts = 8
	for attempt := 1; ; attempt++ {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			return Pay(ctx, tx, key, source, destination, amount)
		})
		if err == nil || !isWorthAnother(ctx, err) || attempt >= attempts {
			return err
		}
	}
}

// isWorthAnother: lost, going down, 40001 or 40P01; the loop of `lab program loop` waits in between.
func isWorthAnother(ctx context.Context, err error) bool {
	var pg *pgconn.PgError
	if errors.Is(err, ErrRejected) || ctx.Err() != nil {
		return false
	}
	return !errors.As(err, &pg) || strings.HasPrefix(pg.Code, "40") || strings.HasPrefix(pg.Code, "57P")
}
