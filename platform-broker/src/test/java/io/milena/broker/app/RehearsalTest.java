package io.milena.broker.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rehearsal runs beside a node that serves: it must end, whatever the environment says. */
class RehearsalTest {
    @TempDir
    Path directory;

    @Test
    @Timeout(60)
    void itEndsWellWhereTheEnvironmentNamesAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ProcessBuilder rehearsal = rehearsal("hosted");
            rehearsal.environment().put("SERVER_PORT", Integer.toString(taken.getLocalPort()));
            assertThat(exitCode(rehearsal)).as(output()).isZero();
        }
    }

    @Test
    @Timeout(60)
    void itEndsWhenItsTimeIsUp() throws Exception {
        assertThat(exitCode(rehearsal("hosted", "0"))).isEqualTo(1);
        assertThat(output()).contains("Given up after 0 s");
    }

    private ProcessBuilder rehearsal(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Rehearsal.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out.log").toFile());
    }

    private static int exitCode(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        try {
            assertThat(process.waitFor(45, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("out.log"));
    }
}
