package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the elements of requests may occupy, and on which thread large requests are dealt with. */
@Timeout(60)
class RequestMemoryTest {

    private static final int ELEMENTS = 7_000;
    private static final int GRANTED = 8_000;

    private final RequestMemory memory = new RequestMemory((long) GRANTED * RequestMemory.ELEMENT_BYTES);
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private WireFixture fixture;

    private void start(ApiHandler<?>... handlers) {
        fixture = WireFixture.with(handlers)
                .memory(WireMemory.of(memory, 64 << 20))
                .more(builder -> builder.observer(new RequestObserver() {
                    @Override
                    public void onRefused(String listener, String reason) {
                        refused.add(reason);
                    }
                }))
                .start();
    }

    private static ApiHandler<?>[] everything() {
        List<ApiHandler<?>> handlers = new ArrayList<>();
        for (ApiKeys api : ApiKeys.values()) {
            boolean builtIn =
                    api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
            if (api.hasValidVersion() && !builtIn && api != ApiKeys.ENVELOPE) {
                handlers.add(WireFixture.<ApiMessage>handler(
                        api, exchange -> exchange.respond(api.messageType.newResponse())));
            }
        }
        HandlerRegistry forwarded = HandlerRegistry.builder().addAll(handlers).build();
        handlers.add(new EnvelopeHandler(forwarded));
        return handlers.toArray(ApiHandler[]::new);
    }

    @AfterEach
    void stop() {
        held.countDown();
        fixture.close();
    }

    @Test
    void aMillionPartitionsWithoutRecordsAreRefusedBeforeTheirMemoryIsTaken() throws Exception {
        // given
        start(everything());
        TopicProduceData topic = new TopicProduceData().setName("t");
        for (int i = 0; i < 1_000_000; i++) {
            topic.partitionData().add(new PartitionProduceData().setIndex(i));
        }
        ProduceRequestData produce = new ProduceRequestData().setAcks((short) 1);
        produce.topicData().add(topic);

        // when, then
        assertRefused(RawClient.frame(ApiKeys.PRODUCE, (short) 9, 1, produce), "more memory than a request may");
    }

    @Test
    void manySmallArraysCountTogether() throws Exception {
        // given
        start(everything());
        FetchRequestData fetch = new FetchRequestData();
        for (int i = 0; i < ELEMENTS; i++) {
            fetch.topics().add(new FetchTopic().setTopic("t" + i).setPartitions(List.of(new FetchPartition())));
        }

        // when, then
        assertRefused(RawClient.frame(ApiKeys.FETCH, (short) 12, 1, fetch), "more memory than a request may");
    }

    @Test
    void theArraysOfEveryApiAreCounted() throws Exception {
        // given
        start(everything());
        int tried = 0;
        for (ApiKeys api : ApiKeys.values()) {
            if (!api.hasValidVersion() || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE) {
                continue;
            }
            byte[] frame = crowded(api);
            if (frame.length > 0) {
                // when, then
                assertRefused(frame, "memory");
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(45);
    }

    @Test
    void whatIsEmbeddedInAnEnvelopeCountsToo() throws Exception {
        // given
        start(everything());
        byte[] inner = crowded(ApiKeys.CREATE_TOPICS);
        EnvelopeRequestData envelope = new EnvelopeRequestData()
                .setRequestData(ByteBuffer.wrap(inner, 4, inner.length - 4))
                .setRequestPrincipal(Envelopes.PRINCIPALS.serialize(KafkaPrincipal.ANONYMOUS))
                .setClientHostAddress(new byte[] {127, 0, 0, 1});

        // when
        try (RawClient client = new RawClient(fixture.port())) {
            client.send(ApiKeys.ENVELOPE, (short) 0, 1, envelope);
            ApiMessage answer = client.receive(ApiKeys.ENVELOPE, (short) 0, 1);

            // then
            assertThat(answer.toString()).contains("errorCode=42"); // INVALID_REQUEST
        }
        assertThat(memory.taken()).isZero();
    }

    @Test
    void memoryIsHeldUntilTheAnswerAndGivenBackWhenTheClientGoes() throws Exception {
        // given
        List<Exchange<FetchRequestData>> parked = new CopyOnWriteArrayList<>();
        start(WireFixture.<FetchRequestData>handler(ApiKeys.FETCH, parked::add));
        FetchTopic topic = new FetchTopic().setTopic("t");
        for (int i = 0; i < 1_000; i++) {
            topic.partitions().add(new FetchPartition().setPartition(i));
        }
        FetchRequestData fetch = new FetchRequestData().setTopics(List.of(topic));

        // when
        try (RawClient client = new RawClient(fixture.port())) {
            client.send(ApiKeys.FETCH, (short) 12, 1, fetch);
            await().until(() -> parked.size() == 1);

            // then
            assertThat(memory.taken()).isEqualTo(1_001L * RequestMemory.ELEMENT_BYTES);
        }
        await().untilAsserted(() -> assertThat(memory.taken()).isZero());
    }

    @Test
    void aLargeRequestDoesNotHoldUpTheOtherConnectionsOfItsLoop() throws Exception {
        // given
        start(
                WireFixture.<MetadataRequestData>handler(ApiKeys.METADATA, exchange -> {
                    threads.add(Thread.currentThread().getName());
                    awaitUninterruptibly(held);
                    exchange.respond(new MetadataResponseData());
                }),
                WireFixture.<ListGroupsRequestData>handler(
                        ApiKeys.LIST_GROUPS, exchange -> exchange.respond(new ListGroupsResponseData())));
        MetadataRequestData metadata = new MetadataRequestData();
        for (int i = 0; i < 5_000; i++) {
            metadata.topics().add(new MetadataRequestTopic().setName("same"));
        }
        try (RawClient large = new RawClient(fixture.port());
                RawClient other = new RawClient(fixture.port())) {
            // when
            large.send(ApiKeys.METADATA, (short) 4, 1, metadata);
            large.send(ApiKeys.LIST_GROUPS, (short) 1, 2, new ListGroupsRequestData());
            await().until(() -> threads.size() == 1);

            // then
            other.send(ApiKeys.LIST_GROUPS, (short) 1, 3, new ListGroupsRequestData());
            other.receive(ApiKeys.LIST_GROUPS, (short) 1, 3);
            held.countDown();
            large.receive(ApiKeys.METADATA, (short) 4, 1);
            large.receive(ApiKeys.LIST_GROUPS, (short) 1, 2);
        }
        assertThat(threads).singleElement().asString().startsWith("milena-wire-large");
    }

    private void assertRefused(byte[] frame, String reason) throws Exception {
        refused.clear();
        try (RawClient client = new RawClient(fixture.port())) {
            client.send(frame);
            assertThat(client.isClosedByPeer()).isTrue();
        }
        await().until(() -> !refused.isEmpty());
        assertThat(refused).singleElement().asString().contains(reason);
        assertThat(memory.taken()).isZero();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A request whose first array has very many elements; empty if the API has none. */
    private static byte[] crowded(ApiKeys api) throws ReflectiveOperationException {
        short version = api.latestVersion(false);
        for (Method setter : api.messageType.newRequest().getClass().getMethods()) {
            if (setter.getName().startsWith("set")
                    && Collection.class.isAssignableFrom(setter.getParameterTypes()[0])) {
                try {
                    ApiMessage request = api.messageType.newRequest();
                    setter.invoke(request, elements(setter));
                    byte[] frame = RawClient.frame(api, version, 1, request);
                    if (frame.length > ELEMENTS) {
                        return frame; // else the field is not in this version
                    }
                } catch (RuntimeException notInThisVersion) {
                    continue;
                }
            }
        }
        return new byte[0];
    }

    @SuppressWarnings("unchecked")
    private static Object elements(Method setter) throws ReflectiveOperationException {
        Class<?> type = setter.getParameterTypes()[0];
        Type generic = type == List.class ? setter.getGenericParameterTypes()[0] : type.getGenericSuperclass();
        Type elementType = ((ParameterizedType) generic).getActualTypeArguments()[0];
        Object element = element((Class<?>) elementType);
        Collection<Object> all = type == List.class
                ? new ArrayList<>()
                : (Collection<Object>) type.getConstructor(int.class).newInstance(ELEMENTS + 1);
        for (int i = 0; i < ELEMENTS; i++) {
            all.add(type == List.class ? element : element((Class<?>) elementType));
        }
        return all;
    }

    private static Object element(Class<?> type) throws ReflectiveOperationException {
        if (type == Integer.class) {
            return 0;
        } else if (type == Long.class) {
            return 0L;
        } else if (type == Byte.class) {
            return (byte) 0;
        } else if (type == Short.class) {
            return (short) 0;
        } else if (type == String.class) {
            return "";
        } else if (type == org.apache.kafka.common.Uuid.class) {
            return org.apache.kafka.common.Uuid.ZERO_UUID;
        }
        return type.getConstructor().newInstance();
    }
}
