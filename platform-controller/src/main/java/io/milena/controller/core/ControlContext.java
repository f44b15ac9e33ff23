package io.milena.controller.core;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;

/**
 * What every decision may look at.
 *
 * @param state the speculative state; read only for decisions
 * @param rules knowledge of configuration keys
 * @param settings this controller's static settings
 * @param random seeded source of topic ids and of placement's starting points
 */
public record ControlContext(ClusterState state, ConfigRules rules, Settings settings, RandomGenerator random) {
    private static final long VERSION_MASK = 0xFFFFFFFFFFFF0FFFL;
    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT_MASK = 0x3FFFFFFFFFFFFFFFL;
    private static final long VARIANT = 0x8000000000000000L;

    /**
     * Static settings.
     *
     * @param clusterId the cluster's id
     * @param defaultPartitions {@code num.partitions}
     * @param defaultReplicationFactor {@code default.replication.factor}
     * @param supportedFeatures levels this software supports, by feature
     * @param sessionTimeoutMs {@code broker.session.timeout.ms}
     * @param connectionLossGraceMs how long a broker whose connection was lost and whose listeners refuse may take to come back before it
     *     is fenced; 0 = wait for the session
     * @param electionsPerTask how many leaders one periodic task moves at most; the next task follows at once
     */
    public record Settings(
            String clusterId,
            int defaultPartitions,
            short defaultReplicationFactor,
            Map<String, FeatureRange> supportedFeatures,
            long sessionTimeoutMs,
            long connectionLossGraceMs,
            int electionsPerTask) {
        /** So that elections do not hold up requests; as many as Kafka's controller has in one task. */
        public static final int ELECTIONS_PER_TASK = 1_000;
    }

    RecordVersions versions() {
        return state.features().versions();
    }

    PartitionRules partitionRules(String topic) {
        String minIsr = state.configs().effective(topic, "min.insync.replicas", rules);
        String unclean = state.configs().effective(topic, "unclean.leader.election.enable", rules);
        return new PartitionRules(
                minIsr == null ? 1 : Integer.parseInt(minIsr.trim()),
                Boolean.parseBoolean(unclean),
                state.features().elrEnabled(),
                true);
    }

    /** A change of a partition on which unfenced brokers with the replica's directory online may lead. */
    PartitionChange change(TopicState topic, int partitionId, PartitionRules partitionRules) {
        PartitionState partition = topic.existing(partitionId);
        return change(topic, partitionId, partitionRules, broker -> mayLead(partition, broker));
    }

    PartitionChange change(
            TopicState topic,
            int partitionId,
            PartitionRules partitionRules,
            java.util.function.IntPredicate acceptableLeader) {
        return new PartitionChange(
                        topic.existing(partitionId),
                        topic.id(),
                        partitionId,
                        acceptableLeader,
                        versions(),
                        partitionRules)
                .defaultDirectory(state.brokers()::defaultDirectory);
    }

    boolean mayLead(PartitionState partition, int broker) {
        return state.brokers().active(broker) && state.brokers().hasOnline(broker, partition.directoryOf(broker));
    }

    /** A random (version 4) topic id that no topic has and whose text form does not start like an option. */
    Uuid newTopicId() {
        while (true) {
            long most = random.nextLong() & VERSION_MASK | VERSION_4;
            long least = random.nextLong() & VARIANT_MASK | VARIANT;
            Uuid id = new Uuid(most, least);
            if (!id.toString().startsWith("-") && state.topics().byId(id) == null) {
                return id;
            }
        }
    }
}
