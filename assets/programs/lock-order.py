# SPDX-License-Identifier: GPL-3.0-or-later
# Locks in one order in Python with psycopg: who takes rows in the order of their ids is in no deadlock over them.
import psycopg


def transfer(cursor, source, destination, amount):
    """In a transaction. Both rows are locked before anything is decided, the lower id first."""
    cursor.execute(
        "SELECT id, balance FROM accounts WHERE id = ANY(%s) ORDER BY id FOR UPDATE", ([source, destination],)
    )
    balances = dict(cursor.fetchall())
    if len(balances) != 2:
        raise LookupError("two different accounts are needed, and both must be there")
    if balances[source] < amount:
        raise ValueError(f"account {source} has less than {amount}")
    # From here on nobody else can change the two rows, and the order of the updates does not matter.
    cursor.execute("UPDATE accounts SET balance = balance - %s WHERE id = %s", (amount, source))
    cursor.execute("UPDATE accounts SET balance = balance + %s WHERE id = %s", (amount, destination))


if __name__ == "__main__":
    with psycopg.connect("dbname=bank") as connection:  # commits at the end, or rolls back
        transfer(connection.cursor(), 2, 1, 100)
