package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {

    private static final MetadataResponseData LARGE = large();

    private final AtomicInteger handled = new AtomicInteger();
    private final List<Exchange<FetchRequestData>> parked = new CopyOnWriteArrayList<>();

    private WireFixture start(WireLimits limits) {
        return WireFixture.with(
                        WireFixture.<MetadataRequestData>handler(ApiKeys.METADATA, exchange -> {
                            handled.incrementAndGet();
                            exchange.respond(LARGE);
                        }),
                        WireFixture.<FetchRequestData>handler(ApiKeys.FETCH, parked::add))
                .more(builder -> builder.limits(limits))
                .start();
    }

    private static MetadataResponseData large() {
        MetadataResponseData answer = new MetadataResponseData();
        for (int i = 0; i < 1_000; i++) {
            answer.topics().add(new MetadataResponseTopic().setName("a-topic-whose-name-is-long-enough-to-count-" + i));
        }
        return answer;
    }

    @Test
    void twoThousandIdleConnectionsAreCheapAndWork() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (WireFixture fixture = start(WireLimits.defaults())) {
            long usedBefore = usedHeap();
            for (int i = 0; i < 2_000; i++) {
                clients.add(new RawClient(fixture.port()));
            }
            await().until(() -> fixture.server.connectionCount() == 2_000);
            long perConnection = (usedHeap() - usedBefore) / 2_000;

            for (int i = 0; i < 2_000; i += 97) {
                clients.get(i).send(ApiKeys.METADATA, (short) 1, i, new MetadataRequestData());
                clients.get(i).receive(ApiKeys.METADATA, (short) 1, i);
            }
            assertThat(perConnection).as("heap bytes of both ends").isLessThan(16_000);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void oneConnectionTooManyIsRefusedAndPlacesAreGivenBack() throws Exception {
        try (WireFixture fixture = start(
                WireLimits.defaults().with(new WireLimits.Connections(100, 2, Map.of("127.0.0.2", 9), 600_000)))) {
            RawClient first = new RawClient(fixture.port());
            RawClient second = new RawClient(fixture.port());
            await().until(() -> fixture.server.connectionCount() == 2);
            try (RawClient third = new RawClient(fixture.port())) {
                assertThat(third.isClosedByPeer()).isTrue();
            }
            first.close();
            await().until(() -> fixture.server.connectionCount() == 1);
            try (RawClient next = new RawClient(fixture.port())) {
                next.send(ApiKeys.METADATA, (short) 1, 1, new MetadataRequestData());
                next.receive(ApiKeys.METADATA, (short) 1, 1);
            }
            second.close();
        }
    }

    @Test
    void idleConnectionsAreClosedButNotThoseThatWait() throws Exception {
        try (WireFixture fixture = start(WireLimits.defaults()
                        .with(WireLimits.defaults().connections().withMaxIdleMs(150)));
                RawClient idle = new RawClient(fixture.port());
                RawClient waits = new RawClient(fixture.port())) {
            waits.send(ApiKeys.FETCH, (short) 12, 1, new FetchRequestData());
            assertThat(idle.isClosedByPeer()).isTrue();
            await().until(() -> fixture.server.connectionCount() == 1);
            parked.get(0).respond(new FetchResponseData());
            waits.receive(ApiKeys.FETCH, (short) 12, 1);
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadFrom() throws Exception {
        try (WireFixture fixture = start(WireLimits.defaults().with(new WireLimits.Answers(256 * 1024, 500)));
                RawClient slow = new RawClient(fixture.port())) {
            byte[] frame = RawClient.frame(ApiKeys.METADATA, (short) 1, 5, new MetadataRequestData());
            int requests = 600;
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        slow.send(frame);
                    }
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            AtomicInteger before = new AtomicInteger();
            await().pollInterval(200, TimeUnit.MILLISECONDS)
                    .until(() -> handled.get() > 0 && before.getAndSet(handled.get()) == handled.get());
            // 55 kB each: what the sockets hold on both sides, and 256 kB
            assertThat(handled.get()).isLessThan(300);
            for (int i = 0; i < requests; i++) {
                assertThat(slow.receive().remaining()).isGreaterThan(50_000);
            }
            sending.get(10, TimeUnit.SECONDS);
            assertThat(handled.get()).isEqualTo(requests);
        }
    }

    @Test
    void closingLetsTheAnswerOnItsWayOut() throws Exception {
        WireFixture fixture = start(WireLimits.defaults());
        int port = fixture.port();
        try (RawClient client = new RawClient(fixture.port())) {
            client.send(ApiKeys.FETCH, (short) 12, 1, new FetchRequestData());
            await().until(() -> parked.size() == 1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(fixture.server::close);
            await().until(() -> refusesConnections(port));
            parked.get(0).respond(new FetchResponseData());

            client.receive(ApiKeys.FETCH, (short) 12, 1);
            assertThat(client.isClosedByPeer()).isTrue();
            closing.get(5, TimeUnit.SECONDS);
        } finally {
            fixture.loops.close();
        }
    }

    private static boolean refusesConnections(int port) {
        try (RawClient other = new RawClient(port)) {
            return false;
        } catch (java.io.IOException e) {
            return true;
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
