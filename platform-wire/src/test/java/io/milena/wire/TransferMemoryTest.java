package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unfinished frames, unread answers, and what clients have a limited time for. */
@Timeout(60)
class TransferMemoryTest {

    private static final int LIMIT = 4 << 20;

    private final WireMemory memory = WireMemory.of(new RequestMemory(1 << 30), LIMIT);
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final List<RawClient> clients = new ArrayList<>();
    private final List<Exchange<FetchRequestData>> forgotten = new CopyOnWriteArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private WireFixture fixture;

    private void start(SecurityProtocol protocol, SaslSettings sasl, WireLimits limits) {
        MetadataResponseData large = new MetadataResponseData();
        for (int i = 0; i < 2_000; i++) {
            large.topics().add(new MetadataResponseTopic().setName("n".repeat(1_000) + i));
        }
        fixture = WireFixture.with(
                        WireFixture.<MetadataRequestData>handler(ApiKeys.METADATA, exchange -> {
                            answers.incrementAndGet();
                            exchange.respond(exchange.correlationId() == 7 ? large : new MetadataResponseData());
                        }),
                        WireFixture.<FetchRequestData>handler(ApiKeys.LIST_GROUPS, forgotten::add),
                        WireFixture.<ProduceRequestData>handler(ApiKeys.PRODUCE, exchange -> {
                            answers.incrementAndGet();
                            exchange.respondNothing();
                            exchange.connection().close();
                        }))
                .memory(memory)
                .protocol(protocol)
                .more(builder -> builder.limits(limits).sasl("TEST", sasl).observer(new RequestObserver() {
                    @Override
                    public void onRefused(String listener, String reason) {
                        refused.add(reason);
                    }
                }))
                .start();
    }

    private void start(SecurityProtocol protocol) {
        start(protocol, SaslSettings.plain(Map.of("alice", "secret")), WireLimits.defaults());
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(fixture.port());
        clients.add(client);
        return client;
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        await().untilAsserted(() -> {
            assertThat(memory.transfers().taken()).isZero();
            assertThat(memory.strangers().taken()).isZero();
        });
        fixture.close();
    }

    @Test
    void whoIsSlowLosesAndNotWhoIsNext() throws Exception {
        // given
        start(SecurityProtocol.PLAINTEXT);
        for (int i = 0; i < 20; i++) {
            client().send(unfinished(10 << 20, 700_000));
        }
        await().until(() -> refused.size() > 10);

        // when, then
        try (RawClient good = new RawClient(fixture.port())) {
            for (int i = 100; i < 150; i++) {
                good.send(large(i));
                good.receive(ApiKeys.METADATA, (short) 1, i);
            }
        }
        assertThat(refused).allMatch(reason -> reason.contains("too much memory for too long"));
    }

    @Test
    void announcedFramesOccupyLittleOfWhoIsNotAuthenticated() throws Exception {
        // given
        start(SecurityProtocol.SASL_PLAINTEXT);
        try (RawClient good = new RawClient(fixture.port())) {
            logIn(good);
            for (int i = 0; i < 100; i++) {
                client().send(unfinished(500_000, 100_000));
            }

            // when
            for (int i = 100; i < 120; i++) {
                good.send(large(i));
                good.receive(ApiKeys.METADATA, (short) 1, i);
            }

            // then
            await().until(() -> refused.size() > 80);
            assertThat(memory.strangers().taken()).isLessThanOrEqualTo(LIMIT / 16);
        }
    }

    @Test
    void whoDoesNotLogInInTimeIsClosed() throws Exception {
        start(
                SecurityProtocol.SASL_PLAINTEXT,
                SaslSettings.plain(Map.of()).withLoginTimeoutMs(200),
                WireLimits.defaults());
        assertThat(client().isClosedByPeer()).isTrue();
        assertThat(refused).singleElement().asString().contains("did not authenticate itself within 200 ms");
    }

    @Test
    void anUnfinishedFrameThatStallsIsGivenUp() throws Exception {
        WireLimits limits = WireLimits.defaults();
        start(
                SecurityProtocol.PLAINTEXT,
                SaslSettings.plain(Map.of()),
                limits.with(limits.requests().withTimes(200, 60_000)));
        assertThat(client().send(unfinished(10_000, 100)).isClosedByPeer()).isTrue();
        assertThat(refused).singleElement().asString().contains("unfinished frame");
    }

    @Test
    void aRequestThatItsHandlerForgotIsAnswered() throws Exception {
        // given
        WireLimits limits = WireLimits.defaults();
        start(
                SecurityProtocol.PLAINTEXT,
                SaslSettings.plain(Map.of()),
                limits.with(limits.requests().withTimes(60_000, 200)));
        RawClient client = client();

        // when
        client.send(ApiKeys.LIST_GROUPS, (short) 1, 1, ApiKeys.LIST_GROUPS.messageType.newRequest());

        // then
        String answer = client.receive(ApiKeys.LIST_GROUPS, (short) 1, 1).toString();
        assertThat(answer).contains("errorCode=" + Errors.REQUEST_TIMED_OUT.code());
        assertThat(forgotten).hasSize(1);
    }

    @Test
    void answersThatNobodyReadsGiveWayToThoseThatAreRead() throws Exception {
        // given: each answer has 2 MB
        start(SecurityProtocol.PLAINTEXT);
        byte[] frame = RawClient.frame(ApiKeys.METADATA, (short) 1, 7, new MetadataRequestData());
        for (int i = 0; i < 8; i++) {
            client().send(frame);
        }
        await().until(() -> refused.size() >= 2);

        // when
        try (RawClient good = new RawClient(fixture.port())) {
            for (int i = 0; i < 20; i++) {
                good.send(frame);
                good.receive(ApiKeys.METADATA, (short) 1, 7);
            }
        }

        // then
        assertThat(memory.transfers().taken()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void nothingBehindARequestThatClosesTheConnectionIsBegun() throws Exception {
        // given
        start(SecurityProtocol.PLAINTEXT);
        byte[] produce = RawClient.frame(ApiKeys.PRODUCE, (short) 9, 1, new ProduceRequestData());
        byte[] metadata = RawClient.frame(ApiKeys.METADATA, (short) 1, 2, new MetadataRequestData());

        // when
        RawClient client = client();
        client.send(ByteBuffer.allocate(2 * produce.length + metadata.length)
                .put(produce)
                .put(produce)
                .put(metadata)
                .array());

        // then
        assertThat(client.isClosedByPeer()).isTrue();
        await().until(() -> fixture.server.connectionCount() == 0);
        assertThat(answers.get()).isEqualTo(1);
    }

    @Test
    void aWrongBareTokenIsToldLateToo() throws Exception {
        // given
        start(
                SecurityProtocol.SASL_PLAINTEXT,
                SaslSettings.plain(Map.of("alice", "secret")).withFailureDelayMs(400),
                WireLimits.defaults());
        RawClient client = client();
        client.send(ApiKeys.SASL_HANDSHAKE, (short) 0, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        client.receive(ApiKeys.SASL_HANDSHAKE, (short) 0, 1);

        // when: a second frame behind it does not shorten the delay
        byte[] token = "\0alice\0wrong".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        long startNs = System.nanoTime();
        client.send(ByteBuffer.allocate(2 * (4 + token.length))
                .putInt(token.length)
                .put(token)
                .putInt(token.length)
                .put(token)
                .array());

        // then
        assertThat(client.isClosedByPeer()).isTrue();
        assertThat((System.nanoTime() - startNs) / 1_000_000).isGreaterThanOrEqualTo(390);
    }

    @Test
    void anAuthenticationThatExpiresIsRenewedOnTheSameConnectionOrEndsIt() throws Exception {
        // given
        start(
                SecurityProtocol.SASL_PLAINTEXT,
                SaslSettings.plain(Map.of("alice", "secret")).withMaxReauthMs(1_500),
                WireLimits.defaults());
        RawClient client = client();
        assertThat(logIn(client).sessionLifetimeMs()).isEqualTo(1_500);
        assertThat(handshake(client)).as("less than a second after").isEqualTo(Errors.ILLEGAL_SASL_STATE);

        // when
        await().until(() -> handshake(client) == Errors.NONE);
        assertThat(token(client, "alice", "secret").errorCode()).isZero();

        // then
        client.send(ApiKeys.METADATA, (short) 1, 5, new MetadataRequestData());
        client.receive(ApiKeys.METADATA, (short) 1, 5);
        await().until(() -> {
            client.send(ApiKeys.METADATA, (short) 1, 6, new MetadataRequestData());
            try {
                client.receive(ApiKeys.METADATA, (short) 1, 6);
                return false;
            } catch (IOException closed) {
                return true;
            }
        });
        assertThat(refused).singleElement().asString().contains("the authentication has expired");
    }

    @Test
    void renewingAsSomebodyElseFails() throws Exception {
        // given
        start(
                SecurityProtocol.SASL_PLAINTEXT,
                SaslSettings.plain(Map.of("alice", "secret", "bob", "word")).withMaxReauthMs(60_000),
                WireLimits.defaults());
        RawClient client = client();
        logIn(client);

        // when
        await().until(() -> handshake(client) == Errors.NONE);
        SaslAuthenticateResponseData answer = token(client, "bob", "word");

        // then
        assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(answer.errorMessage()).contains("Cannot change principals", "alice", "bob");
        assertThat(client.isClosedByPeer()).isTrue();
    }

    private static SaslAuthenticateResponseData logIn(RawClient client) throws IOException {
        assertThat(handshake(client)).isEqualTo(Errors.NONE);
        return token(client, "alice", "secret");
    }

    private static Errors handshake(RawClient client) throws IOException {
        client.send(ApiKeys.SASL_HANDSHAKE, (short) 1, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        return Errors.forCode(
                ((SaslHandshakeResponseData) client.receive(ApiKeys.SASL_HANDSHAKE, (short) 1, 1)).errorCode());
    }

    private static SaslAuthenticateResponseData token(RawClient client, String user, String password)
            throws IOException {
        byte[] token = ("\0" + user + "\0" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        client.send(ApiKeys.SASL_AUTHENTICATE, (short) 1, 2, new SaslAuthenticateRequestData().setAuthBytes(token));
        return (SaslAuthenticateResponseData) client.receive(ApiKeys.SASL_AUTHENTICATE, (short) 1, 2);
    }

    /** A request of 900 KB, with bytes behind its body. */
    private static byte[] large(int correlationId) {
        byte[] frame = RawClient.frame(ApiKeys.METADATA, (short) 1, correlationId, new MetadataRequestData());
        byte[] longer = java.util.Arrays.copyOf(frame, 900_000);
        ByteBuffer.wrap(longer).putInt(0, longer.length - 4);
        return longer;
    }

    private static byte[] unfinished(int announced, int sent) {
        return ByteBuffer.allocate(4 + sent).putInt(announced).array();
    }
}
