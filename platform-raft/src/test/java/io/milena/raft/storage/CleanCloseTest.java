package io.milena.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanCloseTest {
    private static final int BATCHES = 40;

    @TempDir
    Path dir;

    private Path segment;
    private int batchBytes;

    @BeforeEach
    void writeLog() throws IOException {
        segment = dir.resolve("00000000000000000000.log");
        ByteBuffer all = ByteBuffer.allocate(1_000_000);
        for (int offset = 0; offset < BATCHES; offset++) {
            ByteBuffer batch = RecordBatches.data(
                            offset, 1, 5, List.of(new VersionedRecord(new ConfigRecord().setName("k"), 0)))
                    .buffer();
            batchBytes = batch.remaining();
            all.put(batch);
        }
        byte[] bytes = new byte[all.position()];
        all.flip().get(bytes);
        Files.write(segment, bytes);
    }

    @Test
    void aCleanlyClosedLogThatIsWholeIsOpenedAndItsMarkGone() {
        // given
        CleanClose.note(dir);

        // when
        CleanClose.check(dir);

        // then
        assertThat(dir.resolve(CleanClose.MARK)).doesNotExist();
    }

    @Test
    void aLogWhoseSyncFailedIsNotClosedCleanly() {
        // given
        FailedSync.note(dir);

        // when
        CleanClose.note(dir);

        // then
        assertThat(dir.resolve(CleanClose.MARK)).doesNotExist();
    }

    @Test
    void aByteFlippedAfterACleanCloseStopsTheStartWithFileOffsetAndWhatToDo() throws IOException {
        // given
        CleanClose.note(dir);
        flip(7 * batchBytes + batchBytes - 2);

        // when, then
        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> CleanClose.check(dir))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(segment + " is damaged at byte " + 7 * batchBytes + ", offset 7")
                    .hasMessageContaining("delete " + dir.resolve(CleanClose.MARK));
        }
        assertThat(Files.size(segment)).isEqualTo((long) BATCHES * batchBytes);
    }

    @Test
    void aLengthThatMakesNoSenseIsDamageToo() throws IOException {
        // given
        CleanClose.note(dir);
        flip(3 * batchBytes + 8);

        // when, then
        assertThatThrownBy(() -> CleanClose.check(dir)).hasMessageContaining("offset 3");
    }

    @Test
    void withoutTheMarkOrWhenSomebodyWroteSinceRecoveryDecidesAsAfterACrash() throws IOException {
        // given
        flip(100);

        // when, then
        assertThatCode(() -> CleanClose.check(dir)).doesNotThrowAnyException();
        CleanClose.note(dir);
        Files.setLastModifiedTime(segment, FileTime.fromMillis(1));
        assertThatCode(() -> CleanClose.check(dir)).doesNotThrowAnyException();
    }

    /** The disk does it: neither size nor time of the file change. */
    private void flip(int at) throws IOException {
        FileTime before = Files.getLastModifiedTime(segment);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[at] ^= 0x40;
        Files.write(segment, bytes);
        Files.setLastModifiedTime(segment, before);
    }
}
