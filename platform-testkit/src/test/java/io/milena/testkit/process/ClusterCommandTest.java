package io.milena.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ClusterCommandTest {
    @TempDir
    Path parent;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @AfterEach
    void leaveNothingRunning() {
        if (ProcessCluster.existsIn(directory())) {
            ProcessCluster.open(directory()).close();
        }
    }

    @Test
    void aClusterIsStartedKilledRestartedStoppedAndDeleted() {
        assertThat(run("start", "--controllers", "1", "--brokers", "1")).isZero();
        assertThat(output()).containsPattern("1 +controller +\\d+ +running .*active controller");
        assertThat(output()).containsPattern("2 +broker +\\d+ +running +127.0.0.1:\\d+ +leads 0 partitions");
        assertThat(output()).containsPattern("Bootstrap servers: 127.0.0.1:\\d+");
        long before = ProcessCluster.open(directory()).node(2).pid().orElseThrow();

        assertThat(run("kill", "2")).isZero();
        assertThat(ProcessHandle.of(before).map(ProcessHandle::isAlive)).isNotEqualTo(Optional.of(true));
        assertThat(run("kill", "2")).isEqualTo(1);
        assertThat(output()).contains("Node 2 is not running");
        assertThat(run("restart", "2")).isZero();
        assertThat(ProcessCluster.open(directory()).node(2).pid().orElseThrow()).isNotEqualTo(before);

        assertThat(run("delete")).isEqualTo(1);
        assertThat(output()).contains("The cluster is running: stop it first");
        assertThat(run("stop")).isZero();
        assertThat(run("status")).isZero();
        assertThat(output()).containsPattern("1 +controller +- +stopped").containsPattern("2 +broker +- +stopped");
        assertThat(run("delete")).isZero();
        assertThat(Files.exists(directory())).isFalse();
    }

    @Test
    void anErrorIsOneClearLine() {
        assertThat(run("status")).isEqualTo(1);
        assertThat(output()).startsWith("There is no cluster in " + directory());
        assertThat(run("start", "--brokers", "many")).isEqualTo(2);
        assertThat(output()).contains("--brokers must be a whole number, not 'many'");
        assertThat(run("start", "--controllers", "0", "--brokers", "2")).isEqualTo(1);
        assertThat(output()).contains("A cluster needs a controller");
        assertThat(run("start", "--brokers", "0")).isEqualTo(1);
        assertThat(output()).contains("A cluster needs a broker");
    }

    @Test
    void wordsThatMakeNoCommandAreToldFromOnesThatFail() {
        assertThat(run("dance")).isEqualTo(2);
        assertThat(output()).startsWith("There is no command 'dance'").contains("usage: cluster start");
        assertThat(run("start", "--brokres", "3")).isEqualTo(2);
        assertThat(output()).startsWith("'--brokres' is not understood").contains("usage: cluster start");
        assertThat(run("kill", "four")).isEqualTo(2);
    }

    private Path directory() {
        return parent.resolve("cluster");
    }

    private int run(String... arguments) {
        said.reset();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--dir", directory().toString()));
        return ClusterCommand.run(out, out, all.toArray(new String[0]));
    }

    private String output() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
