package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Garbage of many kinds, by a seed: every API's requests with bits flipped, cut off, prolonged and shuffled. The server must
 * answer or close, leak nothing, and go on serving others. {@code -Dwire.fuzz.rounds} and {@code -Dwire.fuzz.seed} make it longer
 * or repeat it.
 */
class FuzzTest {

    private static final int ROUNDS = Integer.getInteger("wire.fuzz.rounds", 1_500);
    private static final long SEED = Long.getLong("wire.fuzz.seed", 20261121L);

    private final AtomicInteger handled = new AtomicInteger();
    private WireFixture fixture;
    private Logger log;

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        log = (Logger) LoggerFactory.getLogger(ServerConnection.class);
        log.setLevel(Level.ERROR);
        List<ApiHandler<?>> handlers = new ArrayList<>();
        for (ApiKeys api : ApiKeys.values()) {
            boolean builtIn =
                    api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
            if (api.hasValidVersion() && !builtIn) {
                handlers.add(WireFixture.<ApiMessage>handler(api, exchange -> answer(api, exchange)));
            }
        }
        fixture = WireFixture.with(handlers.toArray(ApiHandler[]::new))
                .more(builder -> builder.limits(WireLimits.defaults()
                        .with(WireLimits.defaults().requests().withMaxBytes(1 << 20))))
                .start();
    }

    @AfterEach
    void stop() {
        fixture.close();
        log.setLevel(null);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    private void answer(ApiKeys api, Exchange<ApiMessage> exchange) {
        handled.incrementAndGet();
        if (exchange.correlationId() % 7 == 3) {
            exchange.fail(new InvalidRequestException("as if a handler had found a fault"));
        } else {
            exchange.respond(api.messageType.newResponse());
        }
    }

    @Test
    void garbageHarmsNobodyElseAndLeaksNothing() throws Exception {
        Random random = new Random(SEED);
        List<byte[]> seeds = validFrames();
        try (RawClient healthy = new RawClient(fixture.port())) {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = mutate(seeds.get(random.nextInt(seeds.size())), seeds, random);
                sendAndLookAway(bytes, random);
                if (round % 50 == 0) {
                    healthy.send(ApiKeys.METADATA, (short) 1, round * 7, new MetadataRequestData());
                    assertThat(healthy.receive(ApiKeys.METADATA, (short) 1, round * 7))
                            .as("seed %d, round %d", SEED, round)
                            .isInstanceOf(MetadataResponseData.class);
                }
            }
        }
        await().until(() -> fixture.server.connectionCount() == 0);
        assertThat(handled.get()).isGreaterThan(ROUNDS / 20);
        await().untilAsserted(() -> assertThat(buffersInUse()).isZero());
    }

    @Test
    void bytesBehindTheBodyOfAnyRequestAreIgnored() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            int correlationId = 0;
            for (ApiKeys api : ApiKeys.values()) {
                boolean sasl = api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
                if (!api.hasValidVersion() || sasl) {
                    continue;
                }
                for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                    // given
                    correlationId += 7;
                    byte[] frame = RawClient.frame(api, version, correlationId, example(api, version));
                    byte[] longer = Arrays.copyOf(frame, frame.length + 3);
                    Arrays.fill(longer, frame.length, longer.length, (byte) 0x7f);
                    ByteBuffer.wrap(longer).putInt(0, longer.length - 4);

                    // when
                    client.send(longer);

                    // then
                    assertThat(client.receive(api, version, correlationId))
                            .as("%s version %d", api, version)
                            .isInstanceOf(api.messageType.newResponse().getClass());
                }
            }
        }
    }

    private static ApiMessage example(ApiKeys api, short version) {
        return api == ApiKeys.API_VERSIONS && version >= 3
                ? new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1")
                : api.messageType.newRequest();
    }

    @Test
    void everyVersionOfEveryApiIsUnderstoodAndAnswered() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            int correlationId = 0;
            for (ApiKeys api : ApiKeys.values()) {
                boolean sasl = api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
                if (!api.hasValidVersion() || sasl || api == ApiKeys.API_VERSIONS) {
                    continue;
                }
                for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                    correlationId += 7;
                    client.send(api, version, correlationId, api.messageType.newRequest());
                    assertThat(client.receive(api, version, correlationId)).isEqualTo(api.messageType.newResponse());
                }
            }
        }
        await().untilAsserted(() -> assertThat(buffersInUse()).isZero());
    }

    private static List<byte[]> validFrames() {
        List<byte[]> frames = new ArrayList<>();
        for (ApiKeys api : ApiKeys.values()) {
            if (api.hasValidVersion()) {
                for (short version : api.allVersions()) {
                    frames.add(RawClient.frame(api, version, version, api.messageType.newRequest()));
                }
            }
        }
        for (short version : ApiKeys.PRODUCE.allVersions()) {
            frames.add(RawClient.frame(ApiKeys.PRODUCE, version, version, produce()));
        }
        for (short version : ApiKeys.METADATA.allVersions()) {
            frames.add(RawClient.frame(
                    ApiKeys.METADATA,
                    version,
                    version,
                    new MetadataRequestData()
                            .setTopics(List.of(
                                    new MetadataRequestTopic().setName("a"),
                                    new MetadataRequestTopic().setName("b")))));
        }
        return frames;
    }

    private static ProduceRequestData produce() {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1);
        request.topicData()
                .add(new TopicProduceData()
                        .setName("orders")
                        .setPartitionData(List.of(new PartitionProduceData()
                                .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(new byte[300]))))));
        return request;
    }

    private static byte[] mutate(byte[] valid, List<byte[]> seeds, Random random) {
        byte[] bytes = valid.clone();
        switch (random.nextInt(8)) {
            case 0 -> flipBits(bytes, 4, 1 + random.nextInt(4), random);
            case 1 -> flipBits(bytes, Math.min(12, bytes.length - 1), 1 + random.nextInt(3), random);
            case 2 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
            case 3 -> bytes = resized(bytes, Math.max(4, bytes.length - 1 - random.nextInt(8)));
            case 4 -> bytes = resized(bytes, bytes.length + 1 + random.nextInt(64));
            case 5 -> {
                bytes = new byte[1 + random.nextInt(2_000)];
                random.nextBytes(bytes);
            }
            case 6 -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                bytes = Arrays.copyOf(valid, valid.length + other.length);
                System.arraycopy(other, 0, bytes, valid.length, other.length);
                flipBits(bytes, valid.length, 2, random);
            }
            default -> {
                bytes = resized(bytes, 12 + random.nextInt(200));
                for (int i = 12; i < bytes.length; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
            }
        }
        return bytes;
    }

    private static void flipBits(byte[] bytes, int from, int count, Random random) {
        for (int i = 0; i < count && from < bytes.length; i++) {
            bytes[from + random.nextInt(bytes.length - from)] ^= (byte) (1 << random.nextInt(8));
        }
    }

    /** Cut off or prolonged, with a length prefix that fits. */
    private static byte[] resized(byte[] bytes, int length) {
        byte[] resized = Arrays.copyOf(bytes, length);
        ByteBuffer.wrap(resized).putInt(0, length - 4);
        return resized;
    }

    private void sendAndLookAway(byte[] bytes, Random random) throws IOException {
        try (RawClient client = new RawClient(fixture.port())) {
            int cut = random.nextInt(bytes.length + 1);
            client.send(Arrays.copyOf(bytes, cut)).send(Arrays.copyOfRange(bytes, cut, bytes.length));
            if (random.nextInt(4) == 0) {
                client.socket().setSoTimeout(5);
                client.socket().getInputStream().read();
            }
        } catch (SocketTimeoutException e) {
            // waits for more bytes: as good as an answer
        } catch (IOException e) {
            // closed by the server while we were still sending
        }
    }

    private long buffersInUse() {
        PooledByteBufAllocator allocator = (PooledByteBufAllocator) fixture.loops.allocator();
        fixture.loops.group().submit(allocator::trimCurrentThreadCache).syncUninterruptibly();
        return allocator.metric().directArenas().stream()
                .mapToLong(PoolArenaMetric::numActiveAllocations)
                .sum();
    }
}
