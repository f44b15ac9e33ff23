package io.milena.starter.testing;

import java.nio.file.Path;
import java.sql.SQLException;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** An empty database that several processes reach, and that outlives them: H2 behind a server in this JVM, or PostgreSQL. */
public final class ProcessDatabase implements AutoCloseable {

    private final @Nullable Server h2;
    private final TestDatabase database;
    private final SingleConnectionDataSource connection;

    private ProcessDatabase(@Nullable Server h2, TestDatabase database) {
        this.h2 = h2;
        this.database = database;
        this.connection = new SingleConnectionDataSource(database.url(), database.username(), "", true);
    }

    /** @param directory of H2's file */
    public static ProcessDatabase open(TestDatabase.Kind kind, Path directory) throws SQLException {
        if (kind != TestDatabase.Kind.H2) {
            return new ProcessDatabase(null, kind.fresh());
        }
        Server h2 = Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-baseDir", directory.toString())
                .start();
        return new ProcessDatabase(
                h2, new TestDatabase("jdbc:h2:tcp://127.0.0.1:" + h2.getPort() + "/./processes;WRITE_DELAY=0", "sa"));
    }

    /** Where processes find it. */
    public TestDatabase address() {
        return database;
    }

    /** By this test's own connection. */
    public JdbcTemplate jdbc() {
        return new JdbcTemplate(connection);
    }

    /** To be called when the processes are gone. */
    @Override
    public void close() {
        connection.destroy();
        if (h2 != null) {
            h2.stop();
        }
    }
}
