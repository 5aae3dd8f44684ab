// SPDX-License-Identifier: GPL-3.0-or-later
// The retry loop in Java with JDBC: the whole transaction runs again, with new reads, where the server asks for it.
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

final class RetryLoop {
    /** Reads, decides and writes. It may run several times: it sends no e-mail and counts nothing. */
    interface Body<T> {
        T run(Connection connection) throws SQLException;
    }

    /** COMMIT was sent, its answer was lost. Look the transfer up by its key; never send it again without one. */
    static final class UnknownOutcome extends SQLException {
        private static final long serialVersionUID = 1;

        UnknownOutcome(SQLException cause) {
            super("the outcome of the transaction is not known", "40003", cause);
        }
    }

    static <T> T transact(Connection connection, int attempts, Body<T> body)
            throws SQLException, InterruptedException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        for (int attempt = 1;; attempt++) {
            try {
                T result = body.run(connection);
                commit(connection);
                return result;
            } catch (SQLException error) {
                rollback(connection, error);
                if (!asksForRetry(error) || attempt >= attempts) {
                    throw error;
                }
            } catch (RuntimeException error) {
                rollback(connection, error);
                throw error;
            }
            // No lock is held while it sleeps. Jitter parts those who failed together.
            long most = Math.min(1000, 10L << Math.min(attempt, 10));
            Thread.sleep(ThreadLocalRandom.current().nextLong(most + 1));
        }
    }

    /** Serialization failure, deadlock: nothing else is worth another attempt. */
    private static boolean asksForRetry(SQLException error) {
        return "40001".equals(error.getSQLState()) || "40P01".equals(error.getSQLState());
    }

    private static void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException error) {
            String state = error.getSQLState();
            if (state == null || state.startsWith("08") || state.startsWith("57P") || state.equals("40003")) {
                throw new UnknownOutcome(error);
            }
            throw error;
        }
    }

    private static void rollback(Connection connection, Exception error) {
        try {
            connection.rollback();
        } catch (SQLException lost) {
            error.addSuppressed(lost);
        }
    }

    static long moveHalf(Connection connection, long source, long destination) throws SQLException {
        long amount;
        try (PreparedStatement read = connection.prepareStatement("SELECT balance FROM accounts WHERE id = ?")) {
            read.setLong(1, source);
            try (ResultSet rows = read.executeQuery()) {
                rows.next();
                amount = rows.getLong(1) / 2; // of this attempt's read, never of an earlier one's
            }
        }
        try (PreparedStatement write =
                connection.prepareStatement("UPDATE accounts SET balance = balance + ? WHERE id = ?")) {
            write.setLong(1, -amount);
            write.setLong(2, source);
            write.executeUpdate();
            write.setLong(1, amount);
            write.setLong(2, destination);
            write.executeUpdate();
        }
        return amount;
    }

    private RetryLoop() {}
}
