package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.*;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * Changes on top of an image. {@link #replay} them in the order of the log, then {@link #apply}. One thread; after apply it
 * is read-only and may be shared. Records of metadata transactions (KIP-868) are markers for {@link MetadataLoader} and
 * change nothing here.
 */
public final class MetadataDelta {
    private final MetadataImage base;
    private @Nullable FeaturesDelta features;
    private @Nullable ClusterDelta cluster;
    private @Nullable TopicsDelta topics;
    private @Nullable ConfigurationsDelta configs;
    private @Nullable ClientQuotasDelta clientQuotas;
    private @Nullable ProducerIdsImage producerIds;
    private @Nullable AclsDelta acls;
    private @Nullable ScramDelta scram;
    private @Nullable DelegationTokensDelta delegationTokens;

    public MetadataDelta(MetadataImage base) {
        this.base = base;
    }

    /** The whole way from one image to another, for who has missed what lay between. Costs the size of {@code to}. */
    static MetadataDelta between(MetadataImage from, MetadataImage to) {
        MetadataDelta delta = new MetadataDelta(from);
        to.write(delta::replay);
        if (from.provenance().offset() >= 0) {
            delta.finishSnapshot();
        }
        return delta;
    }

    /** The image before. */
    public MetadataImage base() {
        return base;
    }

    /** What changed in features, empty if nothing; so for all parts. */
    public Optional<FeaturesDelta> featuresDelta() {
        return Optional.ofNullable(features);
    }

    public Optional<ClusterDelta> clusterDelta() {
        return Optional.ofNullable(cluster);
    }

    public Optional<TopicsDelta> topicsDelta() {
        return Optional.ofNullable(topics);
    }

    public Optional<ConfigurationsDelta> configsDelta() {
        return Optional.ofNullable(configs);
    }

    public Optional<ClientQuotasDelta> clientQuotasDelta() {
        return Optional.ofNullable(clientQuotas);
    }

    public Optional<ProducerIdsImage> producerIdsDelta() {
        return Optional.ofNullable(producerIds);
    }

    public Optional<AclsDelta> aclsDelta() {
        return Optional.ofNullable(acls);
    }

    public Optional<ScramDelta> scramDelta() {
        return Optional.ofNullable(scram);
    }

    public Optional<DelegationTokensDelta> delegationTokensDelta() {
        return Optional.ofNullable(delegationTokens);
    }

    /**
     * Applies one record.
     *
     * @throws IllegalStateException if it contradicts what is known, as a change of a missing partition does: the log or
     *     this replica is broken, and going on would make it worse
     */
    public void replay(VersionedRecord record) {
        replay(record.message());
    }

    private void replay(ApiMessage m) {
        switch (MetadataRecordType.fromId(m.apiKey())) {
            case REGISTER_BROKER_RECORD -> cluster().replay((RegisterBrokerRecord) m);
            case UNREGISTER_BROKER_RECORD -> cluster().replay((UnregisterBrokerRecord) m);
            case REGISTER_CONTROLLER_RECORD -> cluster().replay((RegisterControllerRecord) m);
            case FENCE_BROKER_RECORD -> cluster().replay((FenceBrokerRecord) m);
            case UNFENCE_BROKER_RECORD -> cluster().replay((UnfenceBrokerRecord) m);
            case BROKER_REGISTRATION_CHANGE_RECORD -> cluster().replay((BrokerRegistrationChangeRecord) m);
            case TOPIC_RECORD -> topics().replay((TopicRecord) m);
            case PARTITION_RECORD -> topics().replay((PartitionRecord) m);
            case PARTITION_CHANGE_RECORD -> topics().replay((PartitionChangeRecord) m);
            case REMOVE_TOPIC_RECORD -> removeTopic((RemoveTopicRecord) m);
            case CLEAR_ELR_RECORD -> topics().replay((ClearElrRecord) m);
            case CONFIG_RECORD -> configs().replay((ConfigRecord) m);
            case FEATURE_LEVEL_RECORD -> features().replay((FeatureLevelRecord) m);
            case CLIENT_QUOTA_RECORD -> clientQuotas().replay((ClientQuotaRecord) m);
            case PRODUCER_IDS_RECORD -> producerIds = new ProducerIdsImage(((ProducerIdsRecord) m).nextProducerId());
            case ACCESS_CONTROL_ENTRY_RECORD -> acls().replay((AccessControlEntryRecord) m);
            case REMOVE_ACCESS_CONTROL_ENTRY_RECORD -> acls().replay((RemoveAccessControlEntryRecord) m);
            case USER_SCRAM_CREDENTIAL_RECORD -> scram().replay((UserScramCredentialRecord) m);
            case REMOVE_USER_SCRAM_CREDENTIAL_RECORD -> scram().replay((RemoveUserScramCredentialRecord) m);
            case DELEGATION_TOKEN_RECORD -> tokens().replay((DelegationTokenRecord) m);
            case REMOVE_DELEGATION_TOKEN_RECORD -> tokens().replay((RemoveDelegationTokenRecord) m);
            // Legacy of the migration from ZooKeeper, keep-alives of the log, and marks of transactions.
            case ZK_MIGRATION_STATE_RECORD,
                    NO_OP_RECORD,
                    BEGIN_TRANSACTION_RECORD,
                    END_TRANSACTION_RECORD,
                    ABORT_TRANSACTION_RECORD -> {}
        }
    }

    /** Call after the last record of a snapshot: what the base had and the snapshot did not mention is gone. */
    public void finishSnapshot() {
        features().finishSnapshot();
        cluster().finishSnapshot();
        topics().finishSnapshot();
        configs().finishSnapshot();
        clientQuotas().finishSnapshot();
        acls().finishSnapshot();
        scram().finishSnapshot();
        tokens().finishSnapshot();
        if (producerIds == null) {
            producerIds = ProducerIdsImage.EMPTY;
        }
    }

    /** The image after the changes. Parts without a change are shared with the base. */
    public MetadataImage apply(MetadataProvenance provenance) {
        return new MetadataImage(
                provenance,
                features == null ? base.features() : features.apply(),
                cluster == null ? base.cluster() : cluster.apply(),
                topics == null ? base.topics() : topics.apply(),
                configs == null ? base.configs() : configs.apply(),
                clientQuotas == null ? base.clientQuotas() : clientQuotas.apply(),
                producerIds == null ? base.producerIds() : producerIds,
                acls == null ? base.acls() : acls.apply(),
                scram == null ? base.scram() : scram.apply(),
                delegationTokens == null ? base.delegationTokens() : delegationTokens.apply());
    }

    private void removeTopic(RemoveTopicRecord record) {
        configs().topicRemoved(topics().replay(record));
    }

    private FeaturesDelta features() {
        return features != null ? features : (features = new FeaturesDelta(base.features()));
    }

    private ClusterDelta cluster() {
        return cluster != null ? cluster : (cluster = new ClusterDelta(base.cluster()));
    }

    private TopicsDelta topics() {
        return topics != null ? topics : (topics = new TopicsDelta(base.topics()));
    }

    private ConfigurationsDelta configs() {
        return configs != null ? configs : (configs = new ConfigurationsDelta(base.configs()));
    }

    private ClientQuotasDelta clientQuotas() {
        return clientQuotas != null ? clientQuotas : (clientQuotas = new ClientQuotasDelta(base.clientQuotas()));
    }

    private AclsDelta acls() {
        return acls != null ? acls : (acls = new AclsDelta(base.acls()));
    }

    private ScramDelta scram() {
        return scram != null ? scram : (scram = new ScramDelta(base.scram()));
    }

    private DelegationTokensDelta tokens() {
        return delegationTokens != null
                ? delegationTokens
                : (delegationTokens = new DelegationTokensDelta(base.delegationTokens()));
    }
}
