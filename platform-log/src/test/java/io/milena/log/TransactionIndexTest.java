package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TransactionIndexTest {
    private static final AbortedTransaction FIRST = new AbortedTransaction(1, 0, 5, 6);
    private static final AbortedTransaction SECOND = new AbortedTransaction(1, 7, 9, 10);

    @TempDir
    Path directory;

    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicBoolean first = new AtomicBoolean(true);

    @Test
    @Timeout(60)
    void aReaderThatLoadsTheFileDoesNotUndoAnAppendMeanwhile() throws Exception {
        // given: a reader that has read the file and has not put its entries in place yet
        SegmentNames names = new SegmentNames(directory, 0, "");
        new TransactionIndex(names, true).append(FIRST);
        TransactionIndex index = new TransactionIndex(names, false, this::readSlowly);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> unchecked(index::entries));
        reading.await();
        // when: a writer appends
        Thread writer = new Thread(() -> unchecked(() -> index.append(SECOND)));
        writer.start();
        while (writer.isAlive() && writer.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        reader.get();
        writer.join();
        // then
        assertThat(index.entries()).containsExactly(FIRST, SECOND);
        assertThat(new TransactionIndex(names, false).entries()).containsExactly(FIRST, SECOND);
    }

    /** Only the first caller is slow. */
    private byte[] readSlowly(Path path) throws IOException {
        byte[] bytes = PlainFile.read(path);
        if (first.getAndSet(false)) {
            reading.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        return bytes;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void unchecked(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
