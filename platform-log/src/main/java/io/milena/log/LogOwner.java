package io.milena.log;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InconsistentTopicIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic that a log belongs to, by its id: as given, or as {@code partition.metadata} in the log's directory says, which is
 * read when somebody first asks. Any thread.
 */
final class LogOwner {
    private static final Logger LOG = LoggerFactory.getLogger(LogOwner.class);

    private volatile @Nullable Uuid topicId;

    /** @param topicId null if only the directory knows */
    LogOwner(@Nullable Uuid topicId) {
        this.topicId = topicId;
    }

    /** Without a look at the directory. */
    @Nullable
    Uuid known() {
        return topicId;
    }

    /** The topic's id, or null if the directory carries none. */
    @Nullable
    Uuid topicId(Path directory) throws IOException {
        Uuid known = topicId;
        if (known == null) {
            known = PartitionMetadataFile.read(directory);
            topicId = known;
        }
        return known;
    }

    /**
     * Compares with {@code expected}, or writes it if the directory carries no id.
     *
     * @return false if the directory belongs to another topic
     */
    boolean is(Uuid expected, Path directory) throws IOException {
        Uuid known = topicId(directory);
        if (known == null) {
            // Lost in a crash, most likely: what was acknowledged is worth more than a guess (KAFKA-16814).
            LOG.warn("{} has no partition.metadata: taken to be of topic id {}", directory, expected);
            PartitionMetadataFile.write(directory, expected);
            topicId = expected;
            return true;
        }
        return known.equals(expected);
    }

    /**
     * Brings the given id and the directory's together.
     *
     * @param fresh whether the directory has just been made
     * @throws InconsistentTopicIdException if they differ
     */
    void settle(TopicPartition partition, Path directory, boolean fresh) throws IOException {
        Uuid given = topicId;
        Uuid found = fresh ? null : PartitionMetadataFile.read(directory);
        if (found == null && given != null) {
            PartitionMetadataFile.write(directory, given);
        } else if (found != null && given != null && !found.equals(given)) {
            throw new InconsistentTopicIdException(
                    directory + " belongs to topic id " + found + ", but " + partition + " has topic id " + given);
        }
        topicId = found == null ? given : found;
    }
}
