package io.milena.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** {@code partition.metadata}: version 0 and the topic's id. */
final class PartitionMetadataFile {
    private static final String NAME = "partition.metadata";
    private static final String TOPIC_ID = "topic_id: ";

    private PartitionMetadataFile() {}

    /** The topic's id; null if the file is missing or, after a crash, empty or damaged. */
    static @Nullable Uuid read(Path directory) throws IOException {
        List<String> lines;
        try {
            lines = PlainFile.lines(directory.resolve(NAME));
        } catch (NoSuchFileException e) {
            return null;
        }
        for (String line : lines) {
            if (line.startsWith(TOPIC_ID)) {
                try {
                    return Uuid.fromString(line.substring(TOPIC_ID.length()).trim());
                } catch (IllegalArgumentException e) {
                    return null;
                }
            }
        }
        return null;
    }

    /** Makes it durable: what a flush covers must be known by its topic's id afterwards. */
    static void sync(Path directory) throws IOException {
        PlainFile.sync(directory.resolve(NAME));
    }

    static void write(Path directory, Uuid topicId) throws IOException {
        AtomicFile.write(directory.resolve(NAME), List.of("version: 0", TOPIC_ID + topicId), false);
    }
}
