package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupted thread closes the channel it is in; the log goes on for itself and for others. */
class InterruptTest {
    @TempDir
    Path logDir;

    @Test
    void anInterruptTakesNothingOffline() throws Exception {
        LogFixture fixture = new LogFixture(logDir);
        PartitionLog log = fixture.create();
        fixture.append("first");
        LogRead held = log.read(0, 100, 1, true);
        AtomicBoolean done = new AtomicBoolean();
        Thread other = new Thread(() -> {
            while (!done.get()) {
                LogRead read = log.read(0, 100, 1, true);
                assertThat(read.records().readFully().sizeInBytes()).isPositive();
                read.records().release();
            }
        });
        other.start();
        for (int i = 0; i < 200; i++) {
            Thread.currentThread().interrupt();
            fixture.append("v" + i);
            Thread.currentThread().interrupt();
            log.flush();
            assertThat(Thread.interrupted()).isTrue();
        }
        done.set(true);
        other.join();
        assertThat(fixture.failures).isEmpty();
        assertThat(held.records().readFully().sizeInBytes()).isPositive();
        assertThat(Batches.values(log, 0)).hasSize(201);
    }

    @Test
    void aReaderOfADeletedPartitionIsNoStorageFailure() {
        LogFixture fixture = new LogFixture(logDir);
        PartitionLog log = fixture.create();
        fixture.append("first");
        log.slot().renameDirectory("orders-0.x-delete");
        log.slot().discard();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> log.read(0, 100, 1, true))
                .isInstanceOf(org.apache.kafka.common.errors.KafkaStorageException.class);
        assertThat(fixture.failures).isEmpty();
    }
}
