package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BadInputTest {

    private final List<String> refused = new CopyOnWriteArrayList<>();
    private WireFixture fixture;

    @BeforeEach
    void start() {
        fixture = WireFixture.with(
                        WireFixture.<MetadataRequestData>handler(
                                ApiKeys.METADATA, exchange -> exchange.respond(new MetadataResponseData())),
                        WireFixture.<ProduceRequestData>handler(
                                ApiKeys.PRODUCE, exchange -> exchange.respond(new ProduceResponseData())))
                .more(builder -> builder.limits(WireLimits.defaults()
                                .with(WireLimits.defaults().requests().withMaxBytes(8 << 20)))
                        .observer(new RequestObserver() {
                            @Override
                            public void onRefused(String listener, String reason) {
                                refused.add(reason);
                            }
                        }))
                .start();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void frameLengthsOutOfBoundsCloseTheConnection() throws Exception {
        assertClosed(new byte[] {-1, -1, -1, -1}, "a frame of -1 bytes");
        assertClosed(ByteBuffer.allocate(4).putInt(100 << 20).array(), "at most 8388608");
        assertClosed(new byte[4], "too short");
        assertClosed(new byte[] {0, 0, 0, 3, 1, 2, 3}, "too short");
    }

    @Test
    void unknownApisAndVersionsCloseTheConnection() throws Exception {
        byte[] frame = RawClient.frame(ApiKeys.METADATA, (short) 1, 1, new MetadataRequestData());
        byte[] unknownApi = frame.clone();
        unknownApi[4] = 7;
        assertClosed(unknownApi, "API key 1795 is not served here");
        byte[] newer = frame.clone();
        newer[7] = 99;
        assertClosed(newer, "version 99 of METADATA is not supported: 0 to 13 are");
        byte[] negative = frame.clone();
        negative[6] = -1;
        negative[7] = -1;
        assertClosed(negative, "version -1 of METADATA");
        byte[] produce = RawClient.frame(ApiKeys.PRODUCE, (short) 3, 1, new ProduceRequestData());
        produce[7] = 2;
        assertClosed(produce, "version 2 of PRODUCE is not supported: 3 to 13 are");
    }

    @Test
    void missingBytesCloseTheConnection() throws Exception {
        byte[] frame = RawClient.frame(ApiKeys.METADATA, (short) 9, 1, new MetadataRequestData());
        byte[] shorter = java.util.Arrays.copyOf(frame, frame.length - 2);
        shorter[3] -= 2;
        assertClosed(shorter, "METADATA version 9 cannot be read");
    }

    @Test
    void absurdArrayLengthsAllocateNothing() throws Exception {
        ByteBuffer classic = ByteBuffer.allocate(18).putInt(14);
        classic.putShort(ApiKeys.METADATA.id).putShort((short) 1).putInt(1).putShort((short) -1);
        classic.putInt(Integer.MAX_VALUE);
        assertClosed(classic.array(), "METADATA version 1 cannot be read: Tried to allocate a collection");

        int bytes = 6 << 20; // plausible for its frame, but far more elements than anybody sends
        ByteBuffer large = ByteBuffer.allocate(4 + bytes).putInt(bytes);
        large.putShort(ApiKeys.METADATA.id).putShort((short) 1).putInt(1).putShort((short) -1);
        large.putInt(5_000_000);
        assertClosed(large.array(), "of size 5000000");
    }

    @Test
    void absurdNumbersOfTaggedFieldsAreRefused() throws Exception {
        int fields = 20_000;
        ByteBuffer frame = ByteBuffer.allocate(4 + 100_000);
        frame.position(4);
        frame.putShort(ApiKeys.METADATA.id).putShort((short) 9).putInt(1).putShort((short) -1);
        frame.put((byte) 0);
        frame.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 0);
        frame.put((byte) (fields & 0x7f | 0x80))
                .put((byte) (fields >> 7 & 0x7f | 0x80))
                .put((byte) (fields >> 14));
        for (int i = 0; i < fields; i++) {
            frame.put((byte) (i & 0x7f | 0x80))
                    .put((byte) (i >> 7 & 0x7f | 0x80))
                    .put((byte) (i >> 14))
                    .put((byte) 0);
        }
        frame.putInt(0, frame.position() - 4);
        frame.flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        assertClosed(bytes, "more than 10000 unknown fields");
    }

    @Test
    void anAnswerToWhatCameBeforeGarbageStillGoesOut() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            byte[] good = RawClient.frame(ApiKeys.METADATA, (short) 1, 1, new MetadataRequestData());
            byte[] both = java.util.Arrays.copyOf(good, good.length + 8);
            both[good.length] = -1;
            client.send(both);

            client.receive(ApiKeys.METADATA, (short) 1, 1);
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void framesArriveInPiecesOfAnySize() throws Exception {
        MetadataRequestData request = new MetadataRequestData();
        for (int i = 0; i < 20_000; i++) {
            request.topics().add(new MetadataRequestTopic().setName("a-topic-with-a-long-name-" + i));
        }
        byte[] frame = RawClient.frame(ApiKeys.METADATA, (short) 1, 1, request);
        Random random = new Random(7);
        try (RawClient client = new RawClient(fixture.port())) {
            for (int round = 0; round < 20; round++) {
                int sent = 0;
                while (sent < frame.length) {
                    int piece = Math.min(frame.length - sent, 1 + random.nextInt(round < 10 ? 200_000 : 40_000));
                    client.socket().getOutputStream().write(frame, sent, piece);
                    sent += piece;
                }
                client.receive(ApiKeys.METADATA, (short) 1, 1);
            }
            byte[] small = RawClient.frame(ApiKeys.METADATA, (short) 1, 2, new MetadataRequestData());
            for (byte b : small) {
                client.send(new byte[] {b});
            }
            client.receive(ApiKeys.METADATA, (short) 1, 2);
        }
    }

    private void assertClosed(byte[] bytes, String reason) throws Exception {
        refused.clear();
        try (RawClient client = new RawClient(fixture.port())) {
            client.send(bytes);
            assertThat(client.isClosedByPeer()).isTrue();
        }
        await().until(() -> !refused.isEmpty());
        assertThat(refused).singleElement().asString().contains(reason);
    }
}
