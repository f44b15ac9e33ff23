package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.metadata.ReplayCheck;
import io.milena.records.MetadataRecordSerde;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;

/**
 * A cluster in a test: state, sessions and a clock that the test moves. Every record is also written to bytes, read back,
 * replayed into a standby state, and replayed by Apache Kafka's own image, which is the oracle.
 */
public final class Cluster {
    public static final String ID = "cluster-id-for-tests-22";
    public static final Map<String, FeatureRange> SUPPORTED = new TreeMap<>(Map.of(
            Features.METADATA_VERSION,
            FeatureRange.of(7, 30),
            Features.KRAFT_VERSION,
            FeatureRange.of(0, 1),
            "transaction.version",
            FeatureRange.of(0, 2),
            "group.version",
            FeatureRange.of(0, 1),
            Features.ELR_VERSION,
            FeatureRange.of(0, 1),
            "share.version",
            FeatureRange.of(0, 1),
            "streams.version",
            FeatureRange.of(0, 1)));

    public final ClusterState state = new ClusterState();
    public final ClusterState standby = new ClusterState();
    public final BrokerSessions sessions = new BrokerSessions(9_000, 200);
    public final ControlContext context;
    public final List<VersionedRecord> log = new ArrayList<>();
    public long nowMs = 1_000;
    private MetadataDelta oracle =
            new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();

    public Cluster(long seed, int metadataVersion, boolean elr) {
        this.context = new ControlContext(
                state,
                new TestRules(),
                new ControlContext.Settings(ID, 1, (short) 1, SUPPORTED, 9_000, 200, 1_000),
                new Random(seed));
        List<VersionedRecord> bootstrap = new ArrayList<>();
        bootstrap.add(feature(Features.METADATA_VERSION, metadataVersion));
        if (elr) {
            bootstrap.add(feature(Features.ELR_VERSION, 1));
        }
        commit(bootstrap);
    }

    public static Cluster withBrokers(int count) {
        return withBrokers(count, false);
    }

    public static Cluster withBrokers(int count, boolean elr) {
        Cluster cluster = new Cluster(42, 30, elr);
        for (int id = 0; id < count; id++) {
            cluster.startBroker(id);
        }
        return cluster;
    }

    public static VersionedRecord feature(String name, int level) {
        return new VersionedRecord(new FeatureLevelRecord().setName(name).setFeatureLevel((short) level), 0);
    }

    public <R> R commit(Decision<R> decision) {
        commit(decision.records());
        return decision.response();
    }

    public void commit(Iterable<VersionedRecord> records) {
        for (VersionedRecord record : records) {
            ReplayCheck.sizeOf(record);
            state.replay(record, log.size());
            VersionedRecord copy = MetadataRecordSerde.read(MetadataRecordSerde.write(record));
            standby.replay(copy, log.size());
            log.add(copy);
            var kafkas = org.apache.kafka.metadata.MetadataRecordSerde.INSTANCE.read(
                    new ByteBufferAccessor(MetadataRecordSerde.write(record)),
                    MetadataRecordSerde.write(record).remaining());
            oracle.replay(kafkas.message());
        }
    }

    /** What Apache Kafka makes of the log so far. */
    public MetadataImage kafkasImage() {
        MetadataImage image = oracle.apply(new MetadataProvenance(log.size(), 1, nowMs, true));
        oracle = new MetadataDelta.Builder().setImage(image).build();
        return image;
    }

    public static BrokerRegistrationRequestData registration(int id, Uuid incarnation) {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(id)
                .setClusterId(ID)
                .setIncarnationId(incarnation)
                .setLogDirs(new ArrayList<>(List.of(directory(id))))
                .setPreviousBrokerEpoch(-1);
        request.listeners()
                .add(new BrokerRegistrationRequestData.Listener()
                        .setName("PLAINTEXT")
                        .setHost("localhost")
                        .setPort(9092 + id)
                        .setSecurityProtocol((short) 0));
        SUPPORTED.forEach((name, range) -> request.features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName(name)
                        .setMinSupportedVersion(range.min())
                        .setMaxSupportedVersion(range.max())));
        return request;
    }

    public static Uuid directory(int broker) {
        return new Uuid(77, 1_000 + broker);
    }

    public long register(BrokerRegistrationRequestData request) {
        long epoch = commit(new ClusterControl(context).register(request, log.size(), sessions, nowMs))
                .brokerEpoch();
        sessions.touch(request.brokerId(), epoch, -1, nowMs);
        return epoch;
    }

    /** Registers and unfences a broker. */
    public long startBroker(int id) {
        long epoch = register(registration(id, new Uuid(id + 1, log.size() + 1)));
        heartbeat(id, false, false);
        return epoch;
    }

    public BrokerHeartbeatResponseData heartbeat(int id, boolean wantFence, boolean wantShutDown) {
        return heartbeat(new BrokerHeartbeatRequestData()
                .setBrokerId(id)
                .setBrokerEpoch(epochOf(id))
                .setCurrentMetadataOffset(log.size())
                .setWantFence(wantFence)
                .setWantShutDown(wantShutDown));
    }

    public BrokerHeartbeatResponseData heartbeat(BrokerHeartbeatRequestData request) {
        Decision<BrokerHeartbeatResponseData> decision = new HeartbeatControl(context).decide(request, sessions);
        commit(decision);
        new HeartbeatControl(context).decided(request, decision.response(), sessions, nowMs, log.size() - 1);
        return decision.response();
    }

    public void fence(int id) {
        commit(new BrokerLeadership(context).fence(broker(id)));
    }

    public long epochOf(int id) {
        return broker(id).epoch();
    }

    public BrokerState broker(int id) {
        BrokerState broker = state.brokers().get(id);
        assertThat(broker).as("broker " + id).isNotNull();
        return broker;
    }

    public CreateTopicsResponseData create(CreateTopicsRequestData request) {
        return commit(new TopicCreation(context).decide(request));
    }

    /** Creates a topic and expects success. */
    public TopicState create(String name, int partitions, int replicationFactor) {
        CreateTopicsResponseData response = create(request(name, partitions, replicationFactor));
        assertThat(response.topics().find(name).errorCode())
                .as(response.toString())
                .isZero();
        return topic(name);
    }

    /** Creates a topic with one partition on these replicas. */
    public TopicState createOn(String name, List<Integer> replicas) {
        CreateTopicsRequestData request = request(name, -1, -1);
        request.topics()
                .find(name)
                .assignments()
                .add(new CreateTopicsRequestData.CreatableReplicaAssignment()
                        .setPartitionIndex(0)
                        .setBrokerIds(replicas));
        CreateTopicsResponseData response = create(request);
        assertThat(response.topics().find(name).errorCode())
                .as(response.toString())
                .isZero();
        return topic(name);
    }

    public static CreateTopicsRequestData request(String name, int partitions, int replicationFactor) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) replicationFactor));
        return request;
    }

    public TopicState topic(String name) {
        TopicState topic = state.topics().byName(name);
        assertThat(topic).as("topic " + name).isNotNull();
        return topic;
    }

    public PartitionState partition(String topic) {
        return topic(topic).existing(0);
    }

    public AlterPartitionResponseData.PartitionData alterIsr(String topic, List<Integer> isr) {
        PartitionState partition = partition(topic);
        return alterIsr(topic, partition.leader(), partition, isr);
    }

    public AlterPartitionResponseData.PartitionData alterIsr(
            String topic, int sender, PartitionState seen, List<Integer> isr) {
        List<AlterPartitionRequestData.BrokerState> members = new ArrayList<>();
        isr.forEach(id -> members.add(
                new AlterPartitionRequestData.BrokerState().setBrokerId(id).setBrokerEpoch(-1)));
        AlterPartitionRequestData request = new AlterPartitionRequestData()
                .setBrokerId(sender)
                .setBrokerEpoch(epochOf(sender))
                .setTopics(List.of(new AlterPartitionRequestData.TopicData()
                        .setTopicId(topic(topic).id())
                        .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                .setPartitionIndex(0)
                                .setLeaderEpoch(seen.leaderEpoch())
                                .setPartitionEpoch(seen.partitionEpoch())
                                .setNewIsrWithEpochs(members)))));
        return commit(new IsrControl(context).decide(request))
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    /** Holds after every step, whatever happened. */
    public void checkInvariants() {
        for (TopicState topic : state.topics().all()) {
            TopicState twin = standby.topics().byId(topic.id());
            var kafkas = kafkasImage().topics().getTopic(topic.id());
            assertThat(twin).isNotNull();
            assertThat(kafkas).isNotNull();
            for (int p = 0; p < topic.partitionCount(); p++) {
                PartitionState partition = topic.existing(p);
                String what = topic.name() + "-" + p + ": " + partition;
                assertThat(twin.existing(p)).as(what).isEqualTo(partition);
                checkInvariants(partition, what);
                var theirs = kafkas.partitions().get(p);
                assertThat(theirs.replicas).as(what).isEqualTo(partition.replicas());
                assertThat(theirs.directories).as(what).isEqualTo(partition.directories());
                assertThat(theirs.isr).as(what).isEqualTo(partition.isr());
                assertThat(theirs.elr).as(what).isEqualTo(partition.elr());
                assertThat(theirs.lastKnownElr).as(what).isEqualTo(partition.lastKnownElr());
                assertThat(theirs.removingReplicas).as(what).isEqualTo(partition.removing());
                assertThat(theirs.addingReplicas).as(what).isEqualTo(partition.adding());
                assertThat(theirs.leader).as(what).isEqualTo(partition.leader());
                assertThat(theirs.leaderEpoch).as(what).isEqualTo(partition.leaderEpoch());
                assertThat(theirs.partitionEpoch).as(what).isEqualTo(partition.partitionEpoch());
            }
        }
    }

    private void checkInvariants(PartitionState partition, String what) {
        assertThat(Ids.list(partition.replicas()))
                .as(what)
                .doesNotHaveDuplicates()
                .isNotEmpty();
        assertThat(Ids.list(partition.replicas())).as(what).containsAll(Ids.list(partition.isr()));
        assertThat(Ids.list(partition.replicas())).as(what).containsAll(Ids.list(partition.elr()));
        assertThat(java.util.Collections.disjoint(Ids.list(partition.isr()), Ids.list(partition.elr())))
                .as(what)
                .isTrue();
        if (partition.leader() >= 0) {
            assertThat(partition.isr()).as(what).contains(partition.leader());
            assertThat(broker(partition.leader()).fenced()).as(what).isFalse();
        }
        assertThat(partition.directories()).as(what).hasSameSizeAs(partition.replicas());
    }
}
