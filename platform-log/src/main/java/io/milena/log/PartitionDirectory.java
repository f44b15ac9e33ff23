package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InconsistentTopicIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one log: where it is, whether it has been made, and which topic it belongs to, by the topic's id as given
 * or as {@code partition.metadata} in it says. The directory of a new log is made with its first record. Any thread, but for
 * {@link #make} and {@link #renameTo}, whose callers exclude each other.
 */
final class PartitionDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionDirectory.class);

    private final TopicPartition partition;
    private volatile Path path;
    private volatile @Nullable Uuid topicId;
    private volatile boolean made;

    private PartitionDirectory(TopicPartition partition, Path path, @Nullable Uuid topicId, boolean made) {
        this.partition = partition;
        this.path = path;
        this.topicId = topicId;
        this.made = made;
    }

    /** One that is there; it is not looked at yet. */
    static PartitionDirectory found(TopicPartition partition, Path path) {
        return new PartitionDirectory(partition, path, null, true);
    }

    /** One that is to be made. */
    static PartitionDirectory planned(TopicPartition partition, Path path, @Nullable Uuid topicId) {
        return new PartitionDirectory(partition, path, topicId, false);
    }

    TopicPartition partition() {
        return partition;
    }

    Path path() {
        return path;
    }

    boolean isMade() {
        return made;
    }

    /** Makes it unless it is there. */
    void make() throws IOException {
        if (!made) {
            Files.createDirectories(path);
            Uuid id = topicId;
            if (id != null) {
                PartitionMetadataFile.write(path, id);
            }
            made = true;
        }
    }

    /** Moves it to a sibling; one that was not made only changes its name. */
    void renameTo(String name) throws IOException {
        Path target = path.resolveSibling(name);
        if (made) {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        }
        path = target;
    }

    /** The topic's id without a look at the disk; null if it is not known yet. */
    @Nullable
    Uuid knownTopicId() {
        return topicId;
    }

    /** The topic's id; null if the directory carries none. */
    @Nullable
    Uuid topicId() throws IOException {
        Uuid known = topicId;
        if (known == null) {
            known = PartitionMetadataFile.read(path);
            topicId = known;
        }
        return known;
    }

    /**
     * Whether it belongs to the topic with this id. A directory without an id gets it: a crash has most likely taken the
     * file, and what was acknowledged is worth more than a guess (KAFKA-16814).
     */
    boolean belongsTo(Uuid expected) throws IOException {
        Uuid known = topicId();
        if (known == null) {
            LOG.warn("{} has no partition.metadata: taken to be of topic id {}", path, expected);
            PartitionMetadataFile.write(path, expected);
            topicId = expected;
            return true;
        }
        return known.equals(expected);
    }

    /**
     * Gives the topic's id to a directory that is there.
     *
     * @throws InconsistentTopicIdException it belongs to another topic
     */
    void claim(Uuid expected) throws IOException {
        Uuid known = topicId();
        if (known == null) {
            PartitionMetadataFile.write(path, expected);
            topicId = expected;
        } else if (!known.equals(expected)) {
            throw new InconsistentTopicIdException(
                    path + " belongs to topic id " + known + ", but " + partition + " has topic id " + expected);
        }
    }
}
