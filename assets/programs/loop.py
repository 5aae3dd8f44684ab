# SPDX-License-Identifier: GPL-3.0-or-later
# The retry loop in Python with psycopg: the whole transaction runs again, with new reads, where the server asks for it.
import random
import time

import psycopg
from psycopg.pq import TransactionStatus

RETRY = ("40001", "40P01")  # serialization failure, deadlock: nothing else is worth another attempt


class UnknownOutcome(Exception):
    """COMMIT was sent, its answer was lost. Look the transfer up by its key; never send it again without one."""


def commit(conn):
    if conn.info.transaction_status == TransactionStatus.INERROR:
        raise RuntimeError("an error was swallowed: COMMIT would roll back, without an error")
    try:
        conn.commit()
    except psycopg.OperationalError as error:
        if conn.closed or error.sqlstate == "40003":
            raise UnknownOutcome from error
        raise


def transact(conn, body, attempts=8):
    """Runs body(cursor), which reads, decides and writes. It may run several times: it sends no e-mail."""
    conn.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    for attempt in range(1, attempts + 1):
        try:
            with conn.cursor() as cursor:
                result = body(cursor)
            commit(conn)
            return result
        except Exception as error:
            if not conn.closed:
                conn.rollback()
            if getattr(error, "sqlstate", None) not in RETRY or attempt == attempts:
                raise
        # No lock is held while it sleeps. Jitter parts those who failed together.
        time.sleep(random.uniform(0, min(1.0, 0.01 * 2**attempt)))


def move_half(cursor, source, destination):
    cursor.execute("SELECT balance FROM accounts WHERE id = %s", (source,))
    (balance,) = cursor.fetchone()
    amount = balance // 2  # of this attempt's read, never of an earlier one's
    cursor.execute("UPDATE accounts SET balance = balance - %s WHERE id = %s", (amount, source))
    cursor.execute("UPDATE accounts SET balance = balance + %s WHERE id = %s", (amount, destination))
    return amount


if __name__ == "__main__":
    with psycopg.connect("dbname=bank") as connection:
        print(transact(connection, lambda cursor: move_half(cursor, 1, 2)))
