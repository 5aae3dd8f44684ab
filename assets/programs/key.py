# SPDX-License-Identifier: GPL-3.0-or-later
# The idempotency key in Python with psycopg: the same request, sent twice, moves the money once.
import uuid

import psycopg


class Rejected(Exception):
    """The bank says no: the same request will not do better."""


def pay(cursor, key, source, destination, amount):
    """One attempt, in a transaction. The key is written with the money: both are there, or neither is."""
    cursor.execute(
        "INSERT INTO transfers (id, source, destination, amount) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        (key, source, destination, amount),
    )
    if cursor.rowcount == 0:
        return False  # paid already: whoever wrote the key has committed, for this INSERT waited for them
    cursor.execute(
        "UPDATE accounts SET balance = balance - %s WHERE id = %s AND balance >= %s", (amount, source, amount)
    )
    if cursor.rowcount != 1:
        raise Rejected(f"account {source} has less than {amount}")
    cursor.execute("UPDATE accounts SET balance = balance + %s WHERE id = %s", (amount, destination))
    if cursor.rowcount != 1:
        raise Rejected(f"there is no account {destination}")
    return True


def pay_once(dsn, key, source, destination, amount, attempts=8):
    """After a lost connection nobody knows whether COMMIT arrived. The same key makes it safe to ask again."""
    for attempt in range(1, attempts + 1):
        try:
            with psycopg.connect(dsn) as conn:  # commits at the end, or rolls back
                return pay(conn.cursor(), key, source, destination, amount)
        except psycopg.OperationalError:  # lost, 40001 or 40P01; the loop of `lab program loop` waits in between
            if attempt == attempts:
                raise


if __name__ == "__main__":
    request = uuid.uuid4()  # made once, before the first attempt, and kept with the order that it belongs to
    print(pay_once("dbname=bank", request, 1, 2, 100))
