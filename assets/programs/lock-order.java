// SPDX-License-Identifier: GPL-3.0-or-later
// Locks in one order in Java with JDBC: who takes rows in the order of their ids is in no deadlock over them.
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

final class LockOrder {
    /** In a transaction. Both rows are locked before anything is decided, the lower id first. */
    static void transfer(Connection connection, long source, long destination, long amount) throws SQLException {
        Map<Long, Long> balances = lock(connection, source, destination);
        if (balances.size() != 2) {
            throw new IllegalArgumentException("two different accounts are needed, and both must be there");
        }
        if (balances.get(source) < amount) {
            throw new IllegalArgumentException("account " + source + " has less than " + amount);
        }
        // From here on nobody else can change the two rows, and the order of the updates does not matter.
        add(connection, source, -amount);
        add(connection, destination, amount);
    }

    private static Map<Long, Long> lock(Connection connection, Long... ids) throws SQLException {
        Map<Long, Long> balances = new HashMap<>();
        Array all = connection.createArrayOf("bigint", ids);
        try (PreparedStatement read = connection.prepareStatement(
                "SELECT id, balance FROM accounts WHERE id = ANY(?) ORDER BY id FOR UPDATE")) {
            read.setArray(1, all);
            try (ResultSet rows = read.executeQuery()) {
                while (rows.next()) {
                    balances.put(rows.getLong(1), rows.getLong(2));
                }
            }
        } finally {
            all.free();
        }
        return balances;
    }

    private static void add(Connection connection, long id, long amount) throws SQLException {
        try (PreparedStatement write =
                connection.prepareStatement("UPDATE accounts SET balance = balance + ? WHERE id = ?")) {
            write.setLong(1, amount);
            write.setLong(2, id);
            write.executeUpdate();
        }
    }

    private LockOrder() {}
}
