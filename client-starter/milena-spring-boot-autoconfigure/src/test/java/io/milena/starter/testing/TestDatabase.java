package io.milena.starter.testing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An empty database for one test.
 *
 * @param username needs no password
 */
public record TestDatabase(String url, String username) {

    private static final AtomicInteger H2_DATABASES = new AtomicInteger();

    /** The databases that services run on. */
    public enum Kind {
        H2,
        POSTGRESQL;

        /** A fresh one; skips the test if there is no such server on this machine. */
        public TestDatabase fresh() {
            return this == H2 ? h2() : TestPostgres.shared().fresh();
        }
    }

    /** In memory, with the settings of the services, until the JVM ends. */
    public static TestDatabase h2() {
        return new TestDatabase(
                "jdbc:h2:mem:test" + H2_DATABASES.incrementAndGet()
                        + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1",
                "sa");
    }

    /** Arguments that make a Spring Boot application use it. */
    public List<String> arguments() {
        return List.of("--spring.datasource.url=" + url, "--spring.datasource.username=" + username);
    }
}
