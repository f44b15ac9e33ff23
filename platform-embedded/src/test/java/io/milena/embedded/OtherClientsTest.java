package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are not Java's: kcat (librdkafka) and KafkaJS, as programs of their own. Each part runs where the program is installed; {@code .ci/run}
 * installs both.
 */
class OtherClientsTest {
    private static final int MESSAGES = 500;
    private static EmbeddedNode node;

    @TempDir
    Path directory;

    @BeforeAll
    static void startNode() {
        node = EmbeddedNode.builder().property("num.partitions", "3").start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    static boolean kcatInstalled() {
        return succeeds("kcat", "-V");
    }

    static boolean kafkaJsInstalled() {
        return succeeds("node", "-e", "require('kafkajs')");
    }

    @Test
    @EnabledIf(value = "kcatInstalled", disabledReason = "kcat is not installed here (Debian: apt-get install kcat)")
    void kcatListsProducesAndConsumes() throws Exception {
        String lines = String.join(
                "\n",
                IntStream.range(0, MESSAGES).mapToObj(i -> "k" + i + ":v" + i).toList());
        Path input = Files.writeString(directory.resolve("lines"), lines + "\n");
        long beforeMs = System.currentTimeMillis();
        run("kcat", "-b", node.bootstrapServers(), "-P", "-t", "kcat", "-K:", "-z", "snappy", "-l", input.toString());

        assertThat(run("kcat", "-b", node.bootstrapServers(), "-L")).contains("topic \"kcat\" with 3 partitions");
        assertThat(run("kcat", "-b", node.bootstrapServers(), "-C", "-t", "kcat", "-e", "-q", "-K:")
                        .lines())
                .hasSize(MESSAGES)
                .containsAll(lines.lines().toList());
        assertThat(run("kcat", "-b", node.bootstrapServers(), "-C", "-t", "kcat", "-e", "-q", "-o", "s@" + beforeMs)
                        .lines())
                .hasSize(MESSAGES);
        assertThat(run(
                                "kcat",
                                "-b",
                                node.bootstrapServers(),
                                "-G",
                                "kcat-group",
                                "-e",
                                "-q",
                                "-X",
                                "auto.offset.reset=earliest",
                                "kcat")
                        .lines())
                .hasSize(MESSAGES);
    }

    @Test
    @EnabledIf(
            value = "kafkaJsInstalled",
            disabledReason = "Node.js finds no kafkajs here (npm install kafkajs, NODE_PATH)")
    void kafkaJsAdministersProducesAndConsumesInAGroup() throws Exception {
        Path script = directory.resolve("session.js");
        try (InputStream session = OtherClientsTest.class.getResourceAsStream("/kafkajs-session.js")) {
            Files.copy(session, script);
        }
        assertThat(run("node", script.toString(), node.bootstrapServers()))
                .contains("consumer: 101 distinct messages in a group")
                .contains("admin: offsets committed to the end; group and topic deleted");
    }

    private static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notInstalled) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "out", ".txt");
        Path errors = Files.createTempFile(directory, "err", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        assertThat(ended && process.exitValue() == 0)
                .as("%s: %s", List.of(command), Files.readString(errors, StandardCharsets.UTF_8))
                .isTrue();
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
