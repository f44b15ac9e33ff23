package io.milena.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.log.AppendOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition whose log directory fails while somebody waits for it. */
class OfflinePartitionTest {
    @TempDir
    Path root;

    private TwoDirectories node;
    private Partition partition;

    @BeforeEach
    void lead() {
        node = new TwoDirectories(root, Map.of());
        TestPartitions.host(node.registry(), "orders", TwoDirectories.ORDERS, 0, 1, 0, List.of(1, 2));
        partition = node.registry().find("orders", 0);
        assertThat(partition).isNotNull();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aProducerThatWaitsForFollowersIsToldThatTheLogHasFailed() throws IOException {
        // given: records that the follower has not fetched yet
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[1]));
        partition.append(records, true, AppendOrigin.CLIENT);
        assertThat(partition.acknowledgement(0, 1)).as("open").isNull();

        // when
        failDirectory();

        // then
        assertThat(partition.acknowledgement(0, 1)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    /** The next segment finds no directory to be created in. */
    private void failDirectory() throws IOException {
        Path log = partition.log().directory();
        try (Stream<Path> files = Files.walk(log)) {
            files.sorted(Comparator.reverseOrder()).forEach(OfflinePartitionTest::delete);
        }
        assertThatThrownBy(() -> partition.log().roll()).isInstanceOf(KafkaStorageException.class);
        assertThat(partition.isOffline()).isTrue();
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
