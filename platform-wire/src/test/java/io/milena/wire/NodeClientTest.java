package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeClientTest {

    private final WireEventLoops loops = WireEventLoops.create(1);
    private final List<Exchange<FetchRequestData>> parked = new CopyOnWriteArrayList<>();
    private final List<NodeClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(NodeClient::close);
        loops.close();
    }

    private WireFixture.Setup setup() {
        return WireFixture.with(
                WireFixture.<MetadataRequestData>handler(
                        ApiKeys.METADATA,
                        exchange -> exchange.respond(new MetadataResponseData()
                                .setClusterId(exchange.version() + " " + exchange.principal() + " "
                                        + exchange.client().name()))),
                WireFixture.<FetchRequestData>handler(ApiKeys.FETCH, parked::add));
    }

    private NodeClient client(NodeClientConfig config, InetSocketAddress address) {
        NodeClient client = new NodeClient(loops, config, () -> address);
        clients.add(client);
        return client;
    }

    private NodeClient client(int port) {
        return client(NodeClientConfig.of("node-1"), InetSocketAddress.createUnresolved("localhost", port));
    }

    private static ApiMessage get(CompletableFuture<ApiMessage> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    @Test
    void negotiatesTheHighestCommonVersion() throws Exception {
        try (WireFixture fixture = setup().start()) {
            NodeClient client = client(fixture.port());

            MetadataResponseData answer = (MetadataResponseData) get(client.send(new MetadataRequestData()));
            assertThat(answer.clusterId()).isEqualTo("13 User:ANONYMOUS milena");

            answer = (MetadataResponseData) get(client.send(new MetadataRequestData(), (short) 5));
            assertThat(answer.clusterId()).startsWith("5 ");
            assertThat(client.apiVersions().get().apiKeys()).hasSize(5);
            assertThatThrownBy(() -> get(client.send(new CreateTopicsRequestData())))
                    .hasCauseInstanceOf(UnsupportedVersionException.class);
        }
    }

    @Test
    void manyRequestsAreOnTheirWayAtATime() throws Exception {
        try (WireFixture fixture = setup().start()) {
            NodeClient client = client(fixture.port());
            List<CompletableFuture<ApiMessage>> answers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                answers.add(client.send(new MetadataRequestData(), (short) (1 + i % 13)));
            }
            for (int i = 0; i < answers.size(); i++) {
                MetadataResponseData answer = (MetadataResponseData) get(answers.get(i));
                if (i % 13 > 0) {
                    assertThat(answer.clusterId()).startsWith((1 + i % 13) + " ");
                }
            }
        }
    }

    @Test
    void aLossFailsWhatIsOnItsWayAndIsToldAndTheNextRequestDialsAnew() throws Exception {
        AtomicInteger losses = new AtomicInteger();
        try (WireFixture fixture = setup().start()) {
            NodeClient client = client(fixture.port());
            client.onDisconnect(losses::incrementAndGet);
            CompletableFuture<ApiMessage> fetch = client.send(new FetchRequestData());
            await().until(() -> parked.size() == 1);
            assertThat(client.isConnected()).isTrue();

            parked.get(0).connection().close();

            assertThatThrownBy(() -> get(fetch)).hasCauseInstanceOf(DisconnectException.class);
            await().until(() -> losses.get() == 1);
            get(client.send(new MetadataRequestData()));
            assertThat(client.isConnected()).isTrue();
        }
        await().until(() -> losses.get() == 2);
    }

    @Test
    void anOverdueAnswerTimesOutAndTheConnectionIsGivenUp() throws Exception {
        try (WireFixture fixture = setup().start()) {
            NodeClient client = client(
                    NodeClientConfig.of("node-1").withRequestTimeoutMs(100),
                    new InetSocketAddress("127.0.0.1", fixture.port()));
            get(client.send(new MetadataRequestData()));

            assertThatThrownBy(() -> get(client.send(new FetchRequestData())))
                    .hasCauseInstanceOf(TimeoutException.class);
            get(client.send(new MetadataRequestData()));
        }
    }

    @Test
    void aNodeThatIsNotThereFailsFastAndIsFoundLater() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        NodeClient client = client(port);
        assertThatThrownBy(() -> get(client.send(new MetadataRequestData())))
                .hasCauseInstanceOf(DisconnectException.class)
                .hasMessageContaining("localhost:" + port);
        try (WireFixture fixture = setup().start()) {
            NodeClient other = new NodeClient(
                    loops, NodeClientConfig.of("x"), () -> new InetSocketAddress("127.0.0.1", fixture.port()));
            clients.add(other);
            get(other.send(new MetadataRequestData()));
        }
        assertThatThrownBy(() -> get(
                        client(NodeClientConfig.of("n"), InetSocketAddress.createUnresolved("no.such.host.invalid", 1))
                                .send(new MetadataRequestData())))
                .hasCauseInstanceOf(DisconnectException.class);
    }

    @Test
    void aPeerThatSpeaksNothingLosesItsCallers() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            NodeClient client = client(
                    NodeClientConfig.of("n").withConnectTimeoutMs(100, 100).withRequestTimeoutMs(5_000),
                    new InetSocketAddress("127.0.0.1", mute.getLocalPort()));
            assertThatThrownBy(() -> get(client.send(new MetadataRequestData())))
                    .hasCauseInstanceOf(DisconnectException.class);
        }
    }

    @Test
    void eachDialThatFailedGivesTheNextOneMoreTime() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            NodeClient client = client(
                    NodeClientConfig.of("n")
                            .withConnectTimeoutMs(50, 400)
                            .withReconnectBackoffMs(0, 0)
                            .withRequestTimeoutMs(60_000),
                    new InetSocketAddress("127.0.0.1", mute.getLocalPort()));
            long[] tookMs = new long[4];
            for (int i = 0; i < tookMs.length; i++) {
                long startNs = System.nanoTime();
                assertThatThrownBy(() -> get(client.send(new MetadataRequestData())));
                tookMs[i] = (System.nanoTime() - startNs) / 1_000_000;
            }
            // Bounds from below alone: a busy machine is late as it likes.
            assertThat(tookMs[1]).isGreaterThanOrEqualTo(100);
            assertThat(tookMs[2]).isGreaterThanOrEqualTo(200);
            assertThat(tookMs[3]).isGreaterThanOrEqualTo(400);
        }
    }

    @Test
    void logsInByTlsAndSasl(@TempDir Path directory) throws Exception {
        Path store = JavaClientTest.selfSigned(directory);
        TlsSettings.Store keys = TlsSettings.Store.file("PKCS12", store, "changeit");
        try (WireFixture fixture = setup().protocol(SecurityProtocol.SASL_SSL)
                .more(builder -> builder.tls("TEST", TlsSettings.server(keys))
                        .sasl("TEST", SaslSettings.plain(Map.of("bob", "pw"))))
                .start()) {
            NodeClientConfig config = NodeClientConfig.of("node")
                    .withSecurity(
                            Optional.of(new NodeClientConfig.PlainCredentials("bob", "pw")),
                            Optional.of(TlsSettings.client(keys)));
            NodeClient client = client(config, InetSocketAddress.createUnresolved("localhost", fixture.port()));
            MetadataResponseData answer = (MetadataResponseData) get(client.send(new MetadataRequestData()));
            assertThat(answer.clusterId()).isEqualTo("13 User:bob milena");

            NodeClientConfig wrong = config.withSecurity(
                    Optional.of(new NodeClientConfig.PlainCredentials("bob", "no")),
                    Optional.of(TlsSettings.client(keys)));
            NodeClient stranger = client(wrong, InetSocketAddress.createUnresolved("localhost", fixture.port()));
            assertThatThrownBy(() -> get(stranger.send(new MetadataRequestData())))
                    .hasCauseInstanceOf(DisconnectException.class)
                    .hasMessageContaining("Invalid username");
        }
    }

    @Test
    void envelopesCarryRequestAndPrincipalThereAndTheAnswerBack() throws Exception {
        HandlerRegistry controller = HandlerRegistry.builder()
                .listenerType(ListenerType.CONTROLLER)
                .add(WireFixture.<CreateTopicsRequestData>handler(ApiKeys.CREATE_TOPICS, this::createTopic))
                .build();
        try (WireFixture active =
                WireFixture.with(new EnvelopeHandler(controller)).start()) {
            NodeClient toController = client(active.port());
            ApiHandler<CreateTopicsRequestData> forward = WireFixture.handler(
                    ApiKeys.CREATE_TOPICS,
                    exchange -> toController.send(Envelopes.wrap(exchange)).whenComplete((answer, failure) -> {
                        try {
                            exchange.respond(Envelopes.unwrap((EnvelopeResponseData) answer, exchange));
                        } catch (NotControllerException e) {
                            exchange.fail(e);
                        }
                    }));
            try (WireFixture broker = WireFixture.with(forward)
                    .protocol(SecurityProtocol.SASL_PLAINTEXT)
                    .more(builder -> builder.sasl("TEST", SaslSettings.plain(Map.of("carol", "pw"))))
                    .start()) {
                NodeClient carol = client(
                        NodeClientConfig.of("c")
                                .withSecurity(
                                        Optional.of(new NodeClientConfig.PlainCredentials("carol", "pw")),
                                        Optional.empty()),
                        new InetSocketAddress("127.0.0.1", broker.port()));
                for (short version : ApiKeys.CREATE_TOPICS.allVersions()) {
                    assertThat(createTopic(carol, "fine", version).errorMessage())
                            .isEqualTo("for User:carol");
                    assertThat(createTopic(carol, "not-here", version).errorCode())
                            .isEqualTo((short) 41);
                }
            }
        }
    }

    @Test
    void tlsWorksWithPemTextAndVerifiesTheServersName(@TempDir Path directory) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(JavaClientTest.selfSigned(directory))) {
            store.load(in, "changeit".toCharArray());
        }
        String certificate = pem("CERTIFICATE", store.getCertificate("node").getEncoded());
        String key = pem(
                "PRIVATE KEY", store.getKey("node", "changeit".toCharArray()).getEncoded());
        TlsSettings.Store own = new TlsSettings.Store("PEM", Optional.empty(), "", "", Optional.of(key + certificate));
        TlsSettings.Store trusted = new TlsSettings.Store("PEM", Optional.empty(), "", "", Optional.of(certificate));
        try (WireFixture fixture = setup().protocol(SecurityProtocol.SSL)
                .more(builder -> builder.tls("TEST", TlsSettings.server(own)))
                .start()) {
            NodeClientConfig config =
                    NodeClientConfig.of("n").withSecurity(Optional.empty(), Optional.of(TlsSettings.client(trusted)));
            get(client(config, InetSocketAddress.createUnresolved("localhost", fixture.port()))
                    .send(new MetadataRequestData()));

            InetSocketAddress otherName = new InetSocketAddress(
                    InetAddress.getByAddress("other.example", new byte[] {127, 0, 0, 1}), fixture.port());
            assertThatThrownBy(() -> get(client(config, otherName).send(new MetadataRequestData())))
                    .hasCauseInstanceOf(DisconnectException.class);
        }
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
    }

    @Test
    void aPeerThatAnswersGarbageLosesItsCallers() throws Exception {
        Random random = new Random(11);
        try (ServerSocket liar = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            Thread answering = new Thread(() -> {
                try {
                    while (true) {
                        try (Socket peer = liar.accept()) {
                            byte[] garbage = new byte[random.nextInt(200)];
                            random.nextBytes(garbage);
                            if (garbage.length > 4 && random.nextBoolean()) {
                                ByteBuffer.wrap(garbage).putInt(0, garbage.length - 4);
                            }
                            peer.getOutputStream().write(garbage);
                        }
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            answering.start();
            NodeClient client = client(
                    NodeClientConfig.of("n").withReconnectBackoffMs(1, 1),
                    new InetSocketAddress("127.0.0.1", liar.getLocalPort()));
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(() -> get(client.send(new MetadataRequestData())))
                        .hasCauseInstanceOf(DisconnectException.class);
            }
        }
    }

    private static CreatableTopicResult createTopic(NodeClient client, String name, short version) throws Exception {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics().add(new CreatableTopic().setName(name));
        CreateTopicsResponseData answer = (CreateTopicsResponseData) get(client.send(request, version));
        return answer.topics().find(name);
    }

    private void createTopic(Exchange<CreateTopicsRequestData> exchange) {
        String name = exchange.request().topics().iterator().next().name();
        if (name.equals("not-here")) {
            throw new NotControllerException("elsewhere");
        }
        CreateTopicsResponseData answer = new CreateTopicsResponseData();
        answer.topics().add(new CreatableTopicResult().setName(name).setErrorMessage("for " + exchange.principal()));
        exchange.respond(answer);
    }
}
