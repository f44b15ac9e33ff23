package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRegionTest {

    private static final short VERSION = 11;

    @TempDir
    private Path directory;

    private final AtomicInteger released = new AtomicInteger();
    private final byte[] content = new byte[4 << 20];
    private FileChannel file;

    @BeforeEach
    void writeFile() throws IOException {
        new Random(1).nextBytes(content);
        Path path = directory.resolve("records");
        Files.write(path, content);
        file = FileChannel.open(path);
    }

    @AfterEach
    void closeFile() throws IOException {
        assertThat(file.isOpen()).isTrue();
        file.close();
    }

    @Test
    void regionsOfAllSizesArriveByteForByteOverEpollOrNio() throws Exception {
        for (boolean nio : new boolean[] {false, true}) {
            released.set(0);
            WireFixture.Setup setup = WireFixture.with(fetch(
                    List.of(1, 100, 20_000, 0, 1_000_000, 70_000, 60_000, 60_000, 60_000, 60_000, 60_000, 3_000)));
            try (WireFixture fixture = (nio ? setup.nio() : setup).start();
                    RawClient client = new RawClient(fixture.port())) {
                for (int i = 0; i < 5; i++) {
                    client.send(ApiKeys.FETCH, VERSION, i, new FetchRequestData());
                }
                for (int i = 0; i < 5; i++) {
                    FetchResponseData answer = (FetchResponseData) client.receive(ApiKeys.FETCH, VERSION, i);
                    assertExpected(
                            answer,
                            List.of(
                                    1, 100, 20_000, 0, 1_000_000, 70_000, 60_000, 60_000, 60_000, 60_000, 60_000,
                                    3_000));
                }
                await().until(() -> released.get() == 5 * 12);
            }
        }
    }

    @Test
    void recordsInMemoryAndInFilesMayBeMixed() throws Exception {
        ApiHandler<FetchRequestData> mixed = WireFixture.handler(ApiKeys.FETCH, exchange -> {
            FetchResponseData answer = response(List.of(200_000, 300));
            answer.responses()
                    .get(0)
                    .partitions()
                    .get(1)
                    .setRecords(MemoryRecords.readableRecords(
                            ByteBuffer.wrap(content, 200_000, 300).slice()));
            exchange.respond(answer);
        });
        try (WireFixture fixture = WireFixture.with(mixed).start();
                RawClient client = new RawClient(fixture.port())) {
            client.send(ApiKeys.FETCH, VERSION, 1, new FetchRequestData());
            assertExpected((FetchResponseData) client.receive(ApiKeys.FETCH, VERSION, 1), List.of(200_000, 300));
            await().until(() -> released.get() == 1);
        }
    }

    @Test
    void recordsOfAnAnswerThatIsNeverSentAreReleased() throws Exception {
        List<Exchange<FetchRequestData>> parked = new ArrayList<>();
        try (WireFixture fixture = WireFixture.with(WireFixture.<FetchRequestData>handler(ApiKeys.FETCH, parked::add))
                .start()) {
            try (RawClient client = new RawClient(fixture.port())) {
                client.send(ApiKeys.FETCH, VERSION, 1, new FetchRequestData());
                await().until(() -> parked.size() == 1);
            }
            await().until(() -> fixture.server.connectionCount() == 0);

            parked.get(0).respond(response(List.of(100_000, 50)));

            await().until(() -> released.get() == 2);
        }
    }

    @Test
    void aSlowReaderHoldsOneAnswerAndHarmsNobody() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        ApiHandler<FetchRequestData> counted = WireFixture.handler(ApiKeys.FETCH, exchange -> {
            handled.incrementAndGet();
            exchange.respond(response(List.of(4 << 20)));
        });
        try (WireFixture fixture = WireFixture.with(counted).start();
                RawClient slow = new RawClient(fixture.port());
                RawClient quick = new RawClient(fixture.port())) {
            for (int i = 0; i < 50; i++) {
                slow.send(ApiKeys.FETCH, VERSION, i, new FetchRequestData());
            }
            await().until(() -> handled.get() >= 1);
            int before = handled.get();
            quick.send(ApiKeys.FETCH, VERSION, 1, new FetchRequestData());
            quick.receive(ApiKeys.FETCH, VERSION, 1);

            assertThat(before).isLessThanOrEqualTo(3);

            for (int i = 0; i < 50; i++) {
                slow.receive(ApiKeys.FETCH, VERSION, i);
            }
        }
    }

    private ApiHandler<FetchRequestData> fetch(List<Integer> sizes) {
        return WireFixture.handler(ApiKeys.FETCH, exchange -> exchange.respond(response(sizes)));
    }

    private FetchResponseData response(List<Integer> sizes) {
        FetchableTopicResponse topic = new FetchableTopicResponse().setTopic("orders");
        int position = 0;
        for (int size : sizes) {
            topic.partitions()
                    .add(new PartitionData()
                            .setHighWatermark(position)
                            .setRecords(new FileSlice(file, position, size, released)));
            position += size;
        }
        return new FetchResponseData().setResponses(List.of(topic));
    }

    private void assertExpected(FetchResponseData answer, List<Integer> sizes) {
        int position = 0;
        for (int i = 0; i < sizes.size(); i++) {
            PartitionData partition = answer.responses().get(0).partitions().get(i);
            assertThat(partition.highWatermark()).isEqualTo(position);
            ByteBuffer records = ((MemoryRecords) partition.records()).buffer();
            assertThat(records).isEqualTo(ByteBuffer.wrap(content, position, sizes.get(i)));
            position += sizes.get(i);
        }
    }
}
