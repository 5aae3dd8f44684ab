// SPDX-License-Identifier: GPL-3.0-or-later
// The idempotency key in Java with JDBC: the same request, sent twice, moves the money once.
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

final class IdempotencyKey {
    /** The bank says no: the same request will not do better. */
    static final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Rejected(String message) {
            super(message);
        }
    }

    /** One attempt, in a transaction. The key is written with the money: both are there, or neither is. */
    static boolean pay(Connection connection, UUID key, long source, long destination, long amount)
            throws SQLException {
        int fresh = run(connection,
                "INSERT INTO transfers (id, source, destination, amount) VALUES (?, ?, ?, ?) "
                        + "ON CONFLICT (id) DO NOTHING",
                key, source, destination, amount);
        if (fresh == 0) {
            return false; // paid already: whoever wrote the key has committed, for this INSERT waited for them
        }
        if (run(connection, "UPDATE accounts SET balance = balance - ? WHERE id = ? AND balance >= ?",
                amount, source, amount) != 1) {
            throw new Rejected("account " + source + " has less than " + amount);
        }
        if (run(connection, "UPDATE accounts SET balance = balance + ? WHERE id = ?", amount, destination) != 1) {
            throw new Rejected("there is no account " + destination);
        }
        return true;
    }

    /** The key is made once, before the first attempt, and kept with the order that it belongs to. */
    static boolean payOnce(DataSource bank, UUID key, long source, long destination, long amount, int attempts)
            throws SQLException {
        for (int attempt = 1;; attempt++) {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    boolean paid = pay(connection, key, source, destination, amount);
                    connection.commit();
                    return paid;
                } catch (SQLException | RuntimeException error) {
                    rollback(connection, error);
                    throw error;
                }
            } catch (SQLException error) {
                // After a lost connection nobody knows whether COMMIT arrived. The same key makes it safe to ask again.
                if (!isWorthAnother(error) || attempt >= attempts) {
                    throw error;
                }
            }
        }
    }

    private static void rollback(Connection connection, Exception error) {
        try {
            connection.rollback();
        } catch (SQLException lost) {
            error.addSuppressed(lost);
        }
    }

    /** Lost, going down, 40001 or 40P01; the loop of `lab program loop` waits in between. */
    private static boolean isWorthAnother(SQLException error) {
        String state = error.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P") || state.startsWith("40");
    }

    private static int run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private IdempotencyKey() {}
}
