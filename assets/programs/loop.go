// SPDX-License-Identifier: GPL-3.0-or-later
// The retry loop in Go with pgx: the whole transaction runs again, with new reads, where the server asks for it.

package bank

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrUnknown: COMMIT was sent, its answer was lost. Look the transfer up by its key; never send it again without one.
var ErrUnknown = errors.New("the outcome of the transaction is not known")

// Transact runs body, which reads, decides and writes. It may run several times: it sends no e-mail and counts nothing.
func Transact(ctx context.Context, conn *pgx.Conn, attempts int, body func(pgx.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := transactOnce(ctx, conn, body)
		if !asksForRetry(err) || attempt >= attempts {
			return err
		}
		// No lock is held while it sleeps. Jitter parts those who failed together.
		most := 10 * time.Millisecond << attempt
		if attempt > 6 {
			most = time.Second
		}
		select {
		case <-time.After(time.Duration(rand.Int63n(int64(most)))):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func transactOnce(ctx context.Context, conn *pgx.Conn, body func(pgx.Tx) error) error {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.Serializable})
	if err != nil {
		return err
	}
	defer tx.Rollback(context.Background()) // does nothing after a commit
	if err := body(tx); err != nil {
		return err
	}
	err = tx.Commit(ctx)
	if err == nil || errors.Is(err, pgx.ErrTxCommitRollback) || answered(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

// answered says that the server itself refused the commit: a lost connection and a server that goes down did not.
func answered(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code != "40003" && !strings.HasPrefix(pg.Code, "57P")
}

// asksForRetry: serialization failure, deadlock. Nothing else is worth another attempt.
func asksForRetry(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// MoveHalf is such a body.
func MoveHalf(ctx context.Context, tx pgx.Tx, source, destination int64) error {
	var balance int64
	if err := tx.QueryRow(ctx, "SELECT balance FROM accounts WHERE id = $1", source).Scan(&balance); err != nil {
		return err
	}
	amount := balance / 2 // of this attempt's read, never of an earlier one's
	const move = "UPDATE accounts SET balance = balance + $1 WHERE id = $2"
	if _, err := tx.Exec(ctx, move, -amount, source); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, move, amount, destination)
	return err
}
