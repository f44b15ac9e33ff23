package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.records.metadata.MetadataRecordType;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.Collection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.jspecify.annotations.Nullable;

/**
 * Whether a record, taken by itself, can be written to the metadata log and replayed into an image. The controller asks this of every
 * record before it is appended: one that no node can replay would stop each of them, at each start, for good.
 *
 * <p>Whether a record contradicts others, as a change of a partition that does not exist, is not asked here; the controller finds out by
 * replaying it into its own state first.
 */
public final class ReplayCheck {
    private ReplayCheck() {}

    /**
     * The bytes that a record takes as a value of the log, at most.
     *
     * @throws IllegalArgumentException if it could not be written, or not be replayed
     */
    public static int sizeOf(VersionedRecord record) {
        ApiMessage message = record.message();
        short version = record.version();
        try {
            if (version < message.lowestSupportedVersion() || version > message.highestSupportedVersion()) {
                throw new IllegalArgumentException("There is no version " + version);
            }
            replay(record);
            return message.size(new ObjectSerializationCache(), version) + 11; // the frame: three varints
        } catch (RuntimeException impossible) {
            throw new IllegalArgumentException(
                    "A " + MetadataRecordType.fromId(message.apiKey()) + " of version " + version
                            + " that no node could replay: " + impossible.getMessage() + " in " + message,
                    impossible);
        }
    }

    private static void replay(VersionedRecord record) {
        ApiMessage message = record.message();
        switch (MetadataRecordType.fromId(message.apiKey())) {
            case PARTITION_RECORD -> check((PartitionRecord) message);
            case PARTITION_CHANGE_RECORD -> check((PartitionChangeRecord) message);
            case TOPIC_RECORD -> check((TopicRecord) message);
            case CONFIG_RECORD -> check((ConfigRecord) message);
            case BROKER_REGISTRATION_CHANGE_RECORD ->
                BrokerRegistration.checkChange((BrokerRegistrationChangeRecord) message);
            // These say something of what is there already: replay into a state with it is their check.
            case UNREGISTER_BROKER_RECORD,
                    FENCE_BROKER_RECORD,
                    UNFENCE_BROKER_RECORD,
                    REMOVE_TOPIC_RECORD,
                    CLEAR_ELR_RECORD,
                    REMOVE_ACCESS_CONTROL_ENTRY_RECORD,
                    BEGIN_TRANSACTION_RECORD,
                    END_TRANSACTION_RECORD,
                    ABORT_TRANSACTION_RECORD,
                    NO_OP_RECORD -> {}
            default -> intoImageAndSnapshot(record);
        }
    }

    /** As every node does: into an image, which becomes a snapshot one day, from which an image is read. */
    private static void intoImageAndSnapshot(VersionedRecord record) {
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        delta.replay(record);
        MetadataImage image = delta.apply(MetadataProvenance.EMPTY);
        MetadataVersion newest = MetadataVersion.LATEST_PRODUCTION;
        MetadataDelta fromSnapshot = new MetadataDelta(MetadataImage.EMPTY);
        image.writeAt(newest, fromSnapshot::replay);
        fromSnapshot.apply(MetadataProvenance.EMPTY);
    }

    private static void check(TopicRecord record) {
        require(record.topicId() != null && !record.topicId().equals(Uuid.ZERO_UUID), "without a topic id");
        require(record.name() != null && !record.name().isEmpty(), "without a topic name");
    }

    private static void check(ConfigRecord record) {
        require(record.resourceName() != null, "without a resource");
        require(record.name() != null, "without a key");
    }

    private static void check(PartitionRecord record) {
        require(record.partitionId() >= 0, "with a negative partition");
        require(record.leaderEpoch() >= 0 && record.partitionEpoch() >= 0, "with a negative epoch");
        PartitionRegistration.of(record);
        checkReplicas(record.replicas(), record.directories());
    }

    private static void check(PartitionChangeRecord record) {
        require(record.partitionId() >= 0, "with a negative partition");
        require(record.leader() >= PartitionRegistration.NO_LEADER_CHANGE, "with an impossible leader");
        LeaderRecoveryState.RECOVERED.changedTo(record.leaderRecoveryState());
        if (record.replicas() != null) {
            checkReplicas(record.replicas(), record.directories());
        }
    }

    private static void checkReplicas(@Nullable Collection<Integer> replicas, @Nullable Collection<Uuid> directories) {
        require(replicas != null && !replicas.isEmpty(), "without replicas");
        require(
                replicas == null
                        || directories == null
                        || directories.isEmpty()
                        || directories.size() == replicas.size(),
                "whose directories are not parallel to its replicas");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }
}
