package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.AbortTransactionRecord;
import io.milena.records.metadata.AccessControlEntryRecord;
import io.milena.records.metadata.BeginTransactionRecord;
import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.ClearElrRecord;
import io.milena.records.metadata.ClientQuotaRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.records.metadata.EndTransactionRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import io.milena.records.metadata.FenceBrokerRecord;
import io.milena.records.metadata.MetadataRecordType;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.ProducerIdsRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import io.milena.records.metadata.RegisterControllerRecord;
import io.milena.records.metadata.RemoveAccessControlEntryRecord;
import io.milena.records.metadata.RemoveTopicRecord;
import io.milena.records.metadata.RemoveUserScramCredentialRecord;
import io.milena.records.metadata.TopicRecord;
import io.milena.records.metadata.UnfenceBrokerRecord;
import io.milena.records.metadata.UnregisterBrokerRecord;
import io.milena.records.metadata.UserScramCredentialRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * Everything the controller decides from, changed by {@link #replay} alone. Records inside a metadata transaction (KIP-868)
 * are held back until its end, and dropped if it is aborted.
 */
public final class ClusterState {
    private final Topics topics = new Topics();
    private final Brokers brokers = new Brokers();
    private final Configs configs = new Configs();
    private final Features features = new Features();
    private final ProducerIdControl producerIds = new ProducerIdControl();
    private final ClientQuotaControl quotas = new ClientQuotaControl();
    private final ScramControl scram = new ScramControl();
    private final AclControl acls = new AclControl();
    private final Map<MetadataRecordType, Replay> replays = new EnumMap<>(MetadataRecordType.class);
    private @Nullable List<Held> transaction;

    public ClusterState() {
        on(MetadataRecordType.TOPIC_RECORD, TopicRecord.class, topics::replay);
        on(MetadataRecordType.PARTITION_RECORD, PartitionRecord.class, topics::replay);
        on(MetadataRecordType.PARTITION_CHANGE_RECORD, PartitionChangeRecord.class, topics::replay);
        on(MetadataRecordType.CLEAR_ELR_RECORD, ClearElrRecord.class, topics::replay);
        on(MetadataRecordType.REMOVE_TOPIC_RECORD, RemoveTopicRecord.class, this::removeTopic);
        replays.put(
                MetadataRecordType.REGISTER_BROKER_RECORD,
                (message, offset) -> brokers.replay((RegisterBrokerRecord) message, offset));
        on(MetadataRecordType.UNREGISTER_BROKER_RECORD, UnregisterBrokerRecord.class, brokers::replay);
        on(MetadataRecordType.FENCE_BROKER_RECORD, FenceBrokerRecord.class, brokers::replay);
        on(MetadataRecordType.UNFENCE_BROKER_RECORD, UnfenceBrokerRecord.class, brokers::replay);
        on(MetadataRecordType.BROKER_REGISTRATION_CHANGE_RECORD, BrokerRegistrationChangeRecord.class, brokers::replay);
        on(MetadataRecordType.REGISTER_CONTROLLER_RECORD, RegisterControllerRecord.class, brokers::replay);
        on(MetadataRecordType.CONFIG_RECORD, ConfigRecord.class, configs::replay);
        on(MetadataRecordType.FEATURE_LEVEL_RECORD, FeatureLevelRecord.class, features::replay);
        on(MetadataRecordType.PRODUCER_IDS_RECORD, ProducerIdsRecord.class, producerIds::replay);
        on(MetadataRecordType.CLIENT_QUOTA_RECORD, ClientQuotaRecord.class, quotas::replay);
        on(MetadataRecordType.USER_SCRAM_CREDENTIAL_RECORD, UserScramCredentialRecord.class, scram::replay);
        on(
                MetadataRecordType.REMOVE_USER_SCRAM_CREDENTIAL_RECORD,
                RemoveUserScramCredentialRecord.class,
                scram::replay);
        on(MetadataRecordType.ACCESS_CONTROL_ENTRY_RECORD, AccessControlEntryRecord.class, acls::replay);
        on(MetadataRecordType.REMOVE_ACCESS_CONTROL_ENTRY_RECORD, RemoveAccessControlEntryRecord.class, acls::replay);
        // Tokens are not issued by this controller, and the rest tells nothing it decides from; images keep them all.
        ignore(MetadataRecordType.DELEGATION_TOKEN_RECORD);
        ignore(MetadataRecordType.REMOVE_DELEGATION_TOKEN_RECORD);
        ignore(MetadataRecordType.NO_OP_RECORD);
        ignore(MetadataRecordType.ZK_MIGRATION_STATE_RECORD);
    }

    public Topics topics() {
        return topics;
    }

    public Brokers brokers() {
        return brokers;
    }

    public Configs configs() {
        return configs;
    }

    public Features features() {
        return features;
    }

    public ProducerIdControl producerIds() {
        return producerIds;
    }

    public ClientQuotaControl quotas() {
        return quotas;
    }

    public ScramControl scram() {
        return scram;
    }

    public AclControl acls() {
        return acls;
    }

    /** Whether a metadata transaction has begun and not ended: a new leader has to abort it. */
    public boolean inTransaction() {
        return transaction != null;
    }

    /**
     * Applies one record.
     *
     * @param offset its offset in the metadata log
     * @throws IllegalStateException if it contradicts the state; the node must stop then
     */
    public void replay(VersionedRecord record, long offset) {
        ApiMessage message = record.message();
        if (message instanceof BeginTransactionRecord) {
            transaction = new ArrayList<>();
        } else if (message instanceof AbortTransactionRecord) {
            transaction = null;
        } else if (message instanceof EndTransactionRecord) {
            List<Held> held = transaction == null ? List.of() : transaction;
            transaction = null;
            held.forEach(each -> apply(each.message(), each.offset()));
        } else if (transaction != null) {
            transaction.add(new Held(message, offset));
        } else {
            apply(message, offset);
        }
    }

    /** These records, which are replayed, stand elsewhere in the log than replay was told: from this offset on. */
    public void moved(List<VersionedRecord> records, long baseOffset) {
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).message() instanceof RegisterBrokerRecord registration) {
                brokers.registeredAt(registration.brokerId(), baseOffset + i);
            }
        }
    }

    private void apply(ApiMessage message, long offset) {
        MetadataRecordType type = MetadataRecordType.fromId(message.apiKey());
        Replay replay = replays.get(type);
        if (replay == null) {
            throw new IllegalStateException("Unhandled record type " + type);
        }
        replay.apply(message, offset);
    }

    private void removeTopic(RemoveTopicRecord record) {
        TopicState topic = topics.byId(record.topicId());
        topics.replay(record);
        if (topic != null) {
            configs.removeTopic(topic.name());
        }
    }

    private <T extends ApiMessage> void on(
            MetadataRecordType type, Class<T> kind, java.util.function.Consumer<T> replay) {
        replays.put(type, (message, offset) -> replay.accept(kind.cast(message)));
    }

    private void ignore(MetadataRecordType type) {
        replays.put(type, (message, offset) -> {});
    }

    private record Held(ApiMessage message, long offset) {}

    private interface Replay {
        void apply(ApiMessage message, long offset);
    }
}
