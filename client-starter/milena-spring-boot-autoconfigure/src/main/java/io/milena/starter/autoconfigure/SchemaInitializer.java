package io.milena.starter.autoconfigure;

import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.jdbc.datasource.init.ScriptStatementFailedException;

/** Creates the starter's tables, after the application's own migrations and before anything that uses JDBC. */
final class SchemaInitializer extends DataSourceScriptDatabaseInitializer {

    private static final int ATTEMPTS =
            30; // more than there are statements, each of which may be lost to another instance once

    SchemaInitializer(DataSource dataSource, DatabaseInitializationMode mode) {
        super(dataSource, settings(mode));
    }

    /**
     * Once more where several instances start at once: PostgreSQL fails the slower of two that create the same table "if not exists".
     * Each further attempt finds what the others made.
     */
    @Override
    protected void runScripts(Scripts scripts) {
        for (int attempt = 1; ; attempt++) {
            try {
                super.runScripts(scripts);
                return;
            } catch (ScriptStatementFailedException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static DatabaseInitializationSettings settings(DatabaseInitializationMode mode) {
        DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
        settings.setSchemaLocations(List.of("classpath:io/milena/starter/schema.sql"));
        settings.setMode(mode);
        return settings;
    }
}
