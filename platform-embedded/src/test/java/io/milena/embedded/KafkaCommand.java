package io.milena.embedded;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

/**
 * Runs one of Apache Kafka's admin commands in this JVM, as the scripts in bin/ run it in its own.
 *
 * @param exitCode 0 for success
 * @param output what it printed on both streams
 */
record KafkaCommand(int exitCode, String output) {

    /** Not for tests that run side by side: standard output is the JVM's. */
    static KafkaCommand run(Class<?> command, String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream captured = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            System.setErr(captured);
            Method main = command.getDeclaredMethod("mainNoExit", String[].class);
            main.setAccessible(true);
            int exitCode = (int) main.invoke(null, (Object) args);
            return new KafkaCommand(exitCode, said.toString(StandardCharsets.UTF_8));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(command + " cannot be run", e);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
