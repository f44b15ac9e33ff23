package io.milena.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge of replicas reads below the high watermark, only what is new, across segments. */
class ReplicaBytesTest {
    @TempDir
    Path directory;

    private ReplicaBytes replicas;

    @BeforeEach
    void twoReplicas() throws IOException {
        append(1, 0, 0, "a");
        append(2, 0, 0, "a");
        replicas = new ReplicaBytes("orders-0", Map.of(1, replica(1), 2, replica(2)));
        assertThat(replicas.compare(1)).isNull();
    }

    @Test
    void whatIsAboveTheHighWatermarkMayDiffer() throws IOException {
        append(1, 0, 1, "b");
        append(2, 0, 1, "c");
        assertThat(replicas.compare(1)).isNull();
    }

    @Test
    void anotherValueAtAnOffsetIsSeen() throws IOException {
        append(1, 0, 1, "b");
        append(2, 0, 1, "c");
        assertThat(replicas.compare(2)).contains("nodes 1 and 2 differ at byte", "below the high watermark 2");
    }

    @Test
    void aReplicaThatLacksABatchIsSeen() throws IOException {
        append(1, 0, 1, "b");
        assertThat(replicas.compare(2)).contains("node 2 has nothing from offset 1 on");
        append(2, 0, 1, "b");
        assertThat(replicas.compare(2)).isNull();
    }

    @Test
    void segmentsMayBeCutDifferently() throws IOException {
        append(1, 0, 1, "b");
        append(2, 1, 1, "b");
        assertThat(replicas.compare(2)).isNull();
        append(1, 2, 2, "c");
        append(2, 1, 2, "c");
        assertThat(replicas.compare(3)).isNull();
    }

    @Test
    void aChangeInWhatWasComparedBeforeIsSeenFromTheBeginning() throws IOException {
        Path file = segment(2, 0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 2] ^= 1;
        Files.write(file, bytes);
        assertThat(replicas.compare(1)).isNull();
        replicas.fromTheBeginning();
        assertThat(replicas.compare(1)).contains("differ at byte " + (bytes.length - 2));
    }

    private Path replica(int node) {
        return directory.resolve("node-" + node);
    }

    private Path segment(int node, long baseOffset) {
        return replica(node).resolve(String.format("%020d.log", baseOffset));
    }

    private void append(int node, long segment, long offset, String value) throws IOException {
        Files.createDirectories(replica(node));
        ByteBuffer batch = MemoryRecords.withRecords(
                        offset, Compression.NONE, new SimpleRecord(1_000L, null, value.getBytes()))
                .buffer();
        byte[] bytes = new byte[batch.remaining()];
        batch.get(bytes);
        Files.write(segment(node, segment), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
