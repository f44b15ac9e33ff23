package io.milena.log;

import java.nio.file.Path;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Names of files and directories, as Kafka writes them. */
final class LogNames {
    static final String LOG = ".log";
    static final String INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String TXN_INDEX = ".txnindex";
    static final String SNAPSHOT = ".snapshot";
    static final String DELETED = ".deleted";
    static final String CLEANED = ".cleaned";
    static final String SWAP = ".swap";
    /** Of a segment that does not fit among the others: kept for an operator to look at, and not read. */
    static final String STRAY = ".stray";

    static final String DELETE_DIR = "-delete";
    static final String FUTURE_DIR = "-future";
    static final String STRAY_DIR = "-stray";
    private static final int DIGITS = 20;
    private static final int MAX_NAME = 255;
    private static final int UUID_DIGITS = 32;

    private LogNames() {}

    /** For example {@code 00000000000000000042.log}. */
    static String fileName(long offset, String suffix) {
        String digits = Long.toString(offset);
        StringBuilder name = new StringBuilder(DIGITS + suffix.length());
        for (int i = digits.length(); i < DIGITS; i++) {
            name.append('0');
        }
        return name.append(digits).append(suffix).toString();
    }

    /** The offset a file's name starts with, or -1 if it is none of ours. */
    static long offsetOf(String fileName) {
        if (fileName.length() <= DIGITS || fileName.charAt(DIGITS) != '.') {
            return -1;
        }
        long offset = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = fileName.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            offset = offset * 10 + digit;
        }
        return offset;
    }

    /** The partition of a directory {@code <topic>-<n>}, or null if the name is none. */
    static @Nullable TopicPartition partitionOf(String directoryName) {
        int dash = directoryName.lastIndexOf('-');
        if (dash <= 0 || dash == directoryName.length() - 1) {
            return null;
        }
        int partition = 0;
        for (int i = dash + 1; i < directoryName.length(); i++) {
            int digit = directoryName.charAt(i) - '0';
            if (digit < 0 || digit > 9 || partition > Integer.MAX_VALUE / 10 - 1) {
                return null;
            }
            partition = partition * 10 + digit;
        }
        return new TopicPartition(directoryName.substring(0, dash), partition);
    }

    /** The partition of a directory {@code <topic>-<n>.<uuid><suffix>}, or null if the name is none. */
    static @Nullable TopicPartition markedPartitionOf(String directoryName, String suffix) {
        int end = directoryName.length() - suffix.length();
        int dot = directoryName.lastIndexOf('.');
        if (!directoryName.endsWith(suffix) || dot < 0 || end - dot - 1 != UUID_DIGITS) {
            return null;
        }
        return partitionOf(directoryName.substring(0, dot));
    }

    static String directoryName(TopicPartition partition) {
        return partition.topic() + '-' + partition.partition();
    }

    /** Whether {@link #markedName} keeps the whole topic, so that {@link #markedPartitionOf} finds the partition again (KAFKA-4893). */
    static boolean fits(TopicPartition partition, String suffix) {
        return directoryName(partition).length() + 1 + UUID_DIGITS + suffix.length() <= MAX_NAME;
    }

    /** {@code <topic>-<n>.<uuid><suffix>}, the topic cut so that the name fits a file system's 255 bytes. */
    static String markedName(TopicPartition partition, String suffix) {
        String tail =
                "-" + partition.partition() + "." + UUID.randomUUID().toString().replace("-", "") + suffix;
        String topic = partition.topic();
        int room = MAX_NAME - tail.length();
        return (topic.length() > room ? topic.substring(0, room) : topic) + tail;
    }

    static Path file(Path directory, long offset, String suffix) {
        return directory.resolve(fileName(offset, suffix));
    }
}
