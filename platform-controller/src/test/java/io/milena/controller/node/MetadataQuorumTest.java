package io.milena.controller.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.controller.core.Cluster;
import io.milena.metadata.BootstrapRecords;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataVersion;
import io.milena.metadata.config.NodeConfig;
import io.milena.raft.WireTransport;
import io.milena.raft.core.HostPort;
import io.milena.raft.storage.FormatOptions;
import io.milena.raft.storage.NodeStorage;
import io.milena.wire.EnvelopeHandler;
import io.milena.wire.FeatureSource;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.ListenerEndpoint;
import io.milena.wire.ListenerProbe;
import io.milena.wire.NodeClient;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.VersionRange;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller process: one voter on a real disk, its controller listener on a real socket, a broker's requests over the wire. */
class MetadataQuorumTest {
    @TempDir
    Path dir;

    private final int port = freePort();
    private final List<Throwable> faults = new CopyOnWriteArrayList<>();
    private Uuid directoryId;
    private WireEventLoops loops;
    private WireTransport transport;
    private MetadataQuorum quorum;
    private WireServer server;
    private NodeClient client;

    @BeforeEach
    void format() {
        directoryId = NodeStorage.format(new FormatOptions(
                        Cluster.ID,
                        1,
                        List.of(dir),
                        dir,
                        "CONTROLLER",
                        new FormatOptions.StaticVoters(),
                        (short) 0,
                        "4.3-IV0",
                        BootstrapRecords.of(MetadataVersion.LATEST_PRODUCTION, Map.of()),
                        false))
                .directoryIds()
                .get(dir);
    }

    private void start(String... more) {
        Map<String, String> properties = new java.util.HashMap<>(Map.of(
                "process.roles",
                "controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@127.0.0.1:" + port,
                "controller.listener.names",
                "CONTROLLER",
                "listeners",
                "CONTROLLER://127.0.0.1:" + port,
                "log.dirs",
                dir.toString()));
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        NodeConfig config = NodeConfig.of(properties);
        loops = WireEventLoops.create(1);
        transport = new WireTransport(loops, NodeClientConfig.of("raft-1"));
        quorum = MetadataQuorum.open(
                config,
                new QuorumIdentity(Cluster.ID, directoryId),
                transport,
                new ListenerProbe(loops, 1_000),
                faults::add);
        HandlerRegistry forwarded =
                HandlerRegistry.builder().addAll(quorum.handlers()).build();
        HandlerRegistry registry = HandlerRegistry.builder()
                .listenerType(ListenerType.CONTROLLER)
                .features(new FeatureSource() {
                    @Override
                    public Map<String, VersionRange> supported() {
                        return Map.of("transaction.version", VersionRange.of(0, 2));
                    }

                    @Override
                    public Map<String, Short> finalized() {
                        return image().features().finalizedWithMetadataVersion();
                    }

                    @Override
                    public long finalizedEpoch() {
                        return image().provenance().offset();
                    }
                })
                .addAll(quorum.handlers())
                .add(new EnvelopeHandler(forwarded))
                .build();
        server = WireServer.builder()
                .eventLoops(loops)
                .listener(new ListenerEndpoint("CONTROLLER", "127.0.0.1", port, SecurityProtocol.PLAINTEXT), registry)
                .build();
        server.start();
        quorum.start(Map.of("CONTROLLER", new HostPort("127.0.0.1", port)));
        client = new NodeClient(
                loops, NodeClientConfig.of("broker-0"), () -> InetSocketAddress.createUnresolved("127.0.0.1", port));
        await().until(() -> quorum.controller().orElseThrow().isActive());
    }

    @AfterEach
    void stop() {
        if (quorum != null) {
            client.close();
            server.close();
            quorum.close();
            transport.close();
            loops.close();
            quorum = null;
        }
        assertThat(faults).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private <R extends ApiMessage> R call(ApiMessage request) throws Exception {
        return (R) client.send(request).get(10, TimeUnit.SECONDS);
    }

    private long startBroker() throws Exception {
        BrokerRegistrationResponseData registered =
                call(Cluster.registration(0, Uuid.randomUuid()).setPreviousBrokerEpoch(-1));
        assertThat(Errors.forCode(registered.errorCode())).isEqualTo(Errors.NONE);
        long epoch = registered.brokerEpoch();
        BrokerHeartbeatResponseData beat = call(new BrokerHeartbeatRequestData()
                .setBrokerId(0)
                .setBrokerEpoch(epoch)
                .setCurrentMetadataOffset(epoch + 1_000)
                .setWantFence(false));
        assertThat(beat.isFenced()).isFalse();
        return epoch;
    }

    private void create(String name, int partitions) throws Exception {
        CreateTopicsResponseData response =
                call(Cluster.request(name, partitions, 1).setTimeoutMs(5_000));
        assertThat(response.topics().find(name).errorMessage()).isNull();
        await().until(() -> image().topics().topic(name).isPresent());
    }

    private MetadataImage image() {
        return quorum.metadata().image();
    }

    @Test
    void a_broker_joins_topics_are_created_and_all_is_there_after_a_restart() throws Exception {
        start();
        startBroker();
        create("orders", 3);
        await().until(() -> image().cluster().controllers().containsKey(1));
        DescribeClusterResponseData described = call(new DescribeClusterRequestData().setEndpointType((byte) 2));
        assertThat(described.controllerId()).isEqualTo(1);
        assertThat(described.brokers().find(1).port()).isEqualTo(port);
        CreateAclsResponseData acls = call(new CreateAclsRequestData()
                .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                        .setResourceType((byte) 2)
                        .setResourceName("t")
                        .setPrincipal("User:a")
                        .setHost("*")
                        .setOperation((byte) 3)
                        .setPermissionType((byte) 3))));
        assertThat(Errors.forCode(acls.results().get(0).errorCode())).isEqualTo(Errors.SECURITY_DISABLED);
        MetadataImage before = image();
        Uuid topicId = before.topics().topic("orders").orElseThrow().id();
        stop();

        start();
        await().until(() -> image().topics().topic("orders").isPresent());
        assertThat(image().topics().topic("orders").orElseThrow().id()).isEqualTo(topicId);
        startBroker();
        await().until(() -> quorum.controller().orElseThrow().gauges().join().offlinePartitionsCount() == 0);
    }

    @Test
    void snapshots_are_written_and_the_node_starts_from_them_and_kafkas_tool_reads_all() throws Exception {
        start("metadata.log.max.record.bytes.between.snapshots", "2000");
        startBroker();
        for (int i = 0; i < 20; i++) {
            create("topic-" + i, 5);
        }
        await().until(() -> !checkpoints().isEmpty());
        MetadataImage before = image();
        stop();

        List<Path> files = new ArrayList<>(checkpoints());
        files.add(dir.resolve("__cluster_metadata-0/00000000000000000000.log"));
        String dump = dump(files);
        assertThat(dump)
                .contains("REGISTER_BROKER_RECORD", "TOPIC_RECORD", "PARTITION_RECORD", "FEATURE_LEVEL_RECORD")
                .contains("\"name\":\"topic-19\"")
                .doesNotContain("corrupt", "Exception", "Found unexpected");

        start();
        await().until(() -> image().provenance().offset() >= before.provenance().offset());
        assertThat(image().topics().size()).isEqualTo(20);
        assertThat(quorum.controller().orElseThrow().gauges().join().globalPartitionCount())
                .isEqualTo(100);
        startBroker();
        create("after", 1);
    }

    @Test
    void ten_thousand_partitions_are_created_by_one_request() throws Exception {
        start();
        startBroker();
        long start = System.nanoTime();
        create("big", 10_000);
        long firstMs = (System.nanoTime() - start) / 1_000_000;
        start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            CreateTopicsResponseData response =
                    call(Cluster.request("small-" + i, 1, 1).setTimeoutMs(5_000));
            assertThat(response.topics().find("small-" + i).errorCode()).isZero();
        }
        long eachUs = (System.nanoTime() - start) / 50_000;
        System.getLogger("test")
                .log(
                        System.Logger.Level.INFO,
                        "10,000 partitions in " + firstMs + " ms with image; one topic in " + eachUs + " us");
        assertThat(firstMs).isLessThan(5_000);
    }

    @Test
    void kafkas_admin_client_works_against_the_controller_itself() throws Exception {
        start();
        startBroker();
        create("orders", 1);
        await().until(() -> image().cluster().controllers().containsKey(1));
        try (Admin admin = Admin.create(Map.of("bootstrap.controllers", "127.0.0.1:" + port))) {
            assertThat(admin.describeCluster().controller().get().id()).isEqualTo(1);
            assertThat(admin.describeCluster().clusterId().get()).isEqualTo(Cluster.ID);
            assertThat(admin.describeMetadataQuorum().quorumInfo().get().leaderId())
                    .isEqualTo(1);
            ConfigResource cluster = new ConfigResource(ConfigResource.Type.BROKER, "");
            admin.incrementalAlterConfigs(Map.of(
                            cluster,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("log.retention.ms", "1234"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            await().until(() -> image().configs().ofBrokerDefault().containsKey("log.retention.ms"));
            assertThat(admin.describeConfigs(List.of(cluster))
                            .all()
                            .get()
                            .get(cluster)
                            .get("log.retention.ms")
                            .value())
                    .isEqualTo("1234");
            admin.updateFeatures(
                            Map.of(
                                    "transaction.version",
                                    new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                            new UpdateFeaturesOptions())
                    .all()
                    .get();
            assertThat(admin.describeFeatures()
                            .featureMetadata()
                            .get()
                            .finalizedFeatures()
                            .get("transaction.version")
                            .maxVersionLevel())
                    .isEqualTo((short) 1);
            admin.unregisterBroker(0).all().get();
            await().until(() -> image().cluster().brokers().isEmpty());
        }
    }

    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("__cluster_metadata-0"))) {
            return files.filter(file -> file.toString().endsWith(".checkpoint")
                            && !file.getFileName().toString().startsWith("00000000000000000000-"))
                    .toList();
        }
    }

    private static String dump(List<Path> files) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            DumpLogSegments.main(new String[] {
                "--cluster-metadata-decoder",
                "--files",
                String.join(",", files.stream().map(Path::toString).toList())
            });
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
