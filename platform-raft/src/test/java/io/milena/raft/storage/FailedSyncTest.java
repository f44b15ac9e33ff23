package io.milena.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedSyncTest {
    @TempDir
    Path directory;

    @Test
    void theLogIsWrittenAnewOnceAfterAFailedSync() throws Exception {
        Path log = directory.resolve("00000000000000000000.log");
        byte[] content = new byte[600_000];
        new Random(1).nextBytes(content);
        Files.write(log, content);
        Object file = Files.getAttribute(log, "unix:ino");
        FailedSync.mend(directory);
        assertThat(Files.getAttribute(log, "unix:ino")).as("nothing failed yet").isEqualTo(file);

        FailedSync.note(directory);
        FailedSync.mend(directory);
        assertThat(Files.getAttribute(log, "unix:ino")).as("another file").isNotEqualTo(file);
        assertThat(log).hasBinaryContent(content);
        assertThat(directory.resolve(FailedSync.MARK)).doesNotExist();

        Object again = Files.getAttribute(log, "unix:ino");
        FailedSync.mend(directory);
        assertThat(Files.getAttribute(log, "unix:ino")).isEqualTo(again);
    }

    @Test
    void aDirectoryThatTakesNoMarkHidesNoFailure() {
        assertThatCode(() -> FailedSync.note(directory.resolve("not there"))).doesNotThrowAnyException();
    }
}
