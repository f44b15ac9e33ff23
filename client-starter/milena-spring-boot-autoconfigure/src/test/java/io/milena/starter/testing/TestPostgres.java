package io.milena.starter.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The PostgreSQL server of this JVM, on the binaries that the system has installed (Debian: {@code apt-get install postgresql}), gone
 * with the JVM. It forgets everything and syncs nothing to disk: for tests only.
 */
public final class TestPostgres {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final PostgresProcess server;

    private TestPostgres(PostgresProcess server) {
        this.server = server;
    }

    /** The server, started when first asked for. Without PostgreSQL on this machine the test that asks is skipped and told so. */
    public static TestPostgres shared() {
        assumeTrue(isInstalled(), "PostgreSQL is not installed here (Debian: apt-get install postgresql): skipped");
        return Shared.INSTANCE;
    }

    public static boolean isInstalled() {
        return PostgresProcess.binaries().isPresent();
    }

    /** An empty database for one caller alone. */
    public TestDatabase fresh() {
        String name = "test_" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url("postgres"), PostgresProcess.USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "no fresh database " + name + (server.isRunning() ? "" : ": the server is gone"), e);
        }
        return new TestDatabase(url(name), PostgresProcess.USER);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database + "?sslmode=disable&gssEncMode=disable";
    }

    private static final class Shared {
        static final TestPostgres INSTANCE = new TestPostgres(PostgresProcess.start());
    }
}
