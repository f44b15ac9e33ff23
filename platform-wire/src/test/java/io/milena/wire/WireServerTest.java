package io.milena.wire;

import static io.milena.wire.WireFixture.handler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;

class WireServerTest {

    private final List<Exchange<ProduceRequestData>> produces = new CopyOnWriteArrayList<>();
    private final List<Exchange<FetchRequestData>> fetches = new CopyOnWriteArrayList<>();
    private final ApiHandler<MetadataRequestData> metadata = handler(
            ApiKeys.METADATA,
            exchange -> exchange.respond(new MetadataResponseData().setClusterId("c-" + exchange.clientId())));

    private WireFixture.Setup setup() {
        return WireFixture.with(
                metadata,
                WireFixture.<ProduceRequestData>handler(ApiKeys.PRODUCE, produces::add),
                WireFixture.<FetchRequestData>handler(ApiKeys.FETCH, fetches::add),
                WireFixture.<ListGroupsRequestData>handler(ApiKeys.LIST_GROUPS, exchange -> {
                    throw new IllegalStateException("bug");
                }));
    }

    @Test
    void answersEveryVersionOfARequest() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            for (short version : ApiKeys.METADATA.allVersions()) {
                client.send(ApiKeys.METADATA, version, 100 + version, new MetadataRequestData());

                MetadataResponseData answer =
                        (MetadataResponseData) client.receive(ApiKeys.METADATA, version, 100 + version);

                assertThat(answer.clusterId()).isEqualTo(version < 2 ? null : "c-raw");
            }
        }
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws Exception {
        try (WireFixture first = setup().start();
                WireEventLoops loops = WireEventLoops.create(1)) {
            WireServer second = WireServer.builder()
                    .eventLoops(loops)
                    .listener(
                            new ListenerEndpoint("OTHER", "127.0.0.1", first.port(), SecurityProtocol.PLAINTEXT),
                            HandlerRegistry.builder()
                                    .features(FeatureSource.NONE)
                                    .build())
                    .build();

            assertThatThrownBy(second::bind)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("Listener OTHER cannot be bound to 127.0.0.1:" + first.port());
        }
    }

    @Test
    void whatAClientSentBeforeItHungUpStillCounts() throws Exception {
        try (WireFixture fixture = setup().start()) {
            try (RawClient client = new RawClient(fixture.port())) {
                client.send(ApiKeys.FETCH, (short) 12, 1, new FetchRequestData());
                client.send(ApiKeys.PRODUCE, (short) 9, 2, new ProduceRequestData().setAcks((short) -1));
                await().until(() -> fetches.size() == 1);
                assertThat(produces).as("waits for the fetch's answer").isEmpty();
            }
            await().until(() -> produces.size() == 1);
            fetches.get(0).respond(new FetchResponseData());
        }
    }

    @Test
    void answersLeaveInTheOrderOfTheRequestsThoughProducesOverlap() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            short version = ApiKeys.PRODUCE.latestVersion();
            for (int i = 0; i < 3; i++) {
                client.send(ApiKeys.PRODUCE, version, i, new ProduceRequestData().setAcks((short) -1));
            }
            client.send(ApiKeys.METADATA, (short) 9, 3, new MetadataRequestData());
            await().until(() -> produces.size() == 3);

            produces.get(2).respond(new ProduceResponseData().setThrottleTimeMs(2));
            produces.get(0).respond(new ProduceResponseData().setThrottleTimeMs(0));
            produces.get(1).respond(new ProduceResponseData().setThrottleTimeMs(1));

            for (int i = 0; i < 3; i++) {
                ProduceResponseData answer = (ProduceResponseData) client.receive(ApiKeys.PRODUCE, version, i);
                assertThat(answer.throttleTimeMs()).isEqualTo(i);
            }
            client.receive(ApiKeys.METADATA, (short) 9, 3);
        }
    }

    @Test
    void aRequestBeginsOnlyWhenTheOneBeforeIsAnswered() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            short version = ApiKeys.FETCH.latestVersion();
            client.send(ApiKeys.FETCH, version, 1, new FetchRequestData());
            client.send(ApiKeys.FETCH, version, 2, new FetchRequestData());
            await().until(() -> fetches.size() == 1);

            try (RawClient other = new RawClient(fixture.port())) {
                other.send(ApiKeys.METADATA, (short) 1, 7, new MetadataRequestData());
                other.receive(ApiKeys.METADATA, (short) 1, 7);
            }
            assertThat(fetches).hasSize(1);

            fetches.get(0).respond(new FetchResponseData());
            client.receive(ApiKeys.FETCH, version, 1);
            await().until(() -> fetches.size() == 2);
            fetches.get(1).respond(new FetchResponseData());
            client.receive(ApiKeys.FETCH, version, 2);
        }
    }

    @Test
    void aProduceWithoutAcknowledgementIsNotAnswered() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            short version = ApiKeys.PRODUCE.latestVersion();
            client.send(ApiKeys.PRODUCE, version, 1, new ProduceRequestData().setAcks((short) 0));
            await().until(() -> produces.size() == 1);
            produces.get(0).respondNothing();

            client.send(ApiKeys.METADATA, (short) 1, 2, new MetadataRequestData());
            client.receive(ApiKeys.METADATA, (short) 1, 2);
        }
    }

    @Test
    void anErrorWithoutAcknowledgementClosesTheConnection() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            client.send(ApiKeys.PRODUCE, (short) 9, 1, new ProduceRequestData().setAcks((short) 0));
            await().until(() -> produces.size() == 1);
            produces.get(0).fail(new NotControllerException("no"));

            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void anExceptionOfAHandlerBecomesTheErrorOfItsApi() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            client.send(ApiKeys.LIST_GROUPS, (short) 3, 1, new ListGroupsRequestData());

            ListGroupsResponseData answer = (ListGroupsResponseData) client.receive(ApiKeys.LIST_GROUPS, (short) 3, 1);

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        }
    }

    @Test
    void everyApiHasAnErrorResponse() {
        List<ApiKeys> without = new ArrayList<>();
        for (ApiKeys api : ApiKeys.values()) {
            if (api.hasValidVersion()) {
                try {
                    ErrorResponses.of(
                            api.messageType.newRequest(), api, api.latestVersion(), new UnknownServerException("x"));
                } catch (IllegalStateException e) {
                    without.add(api);
                }
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void aNewerApiVersionsRequestIsAnsweredAtVersion0WithOurOwnRange() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            byte[] frame = RawClient.frame(
                    ApiKeys.API_VERSIONS,
                    (short) 4,
                    5,
                    new ApiVersionsRequestData().setClientSoftwareName("x").setClientSoftwareVersion("1"));
            frame[7] = 5; // the version
            client.send(frame);

            ByteBuffer answer = client.receive();
            assertThat(answer.getInt()).isEqualTo(5);
            ApiVersionsResponseData data = new ApiVersionsResponseData();
            data.read(new org.apache.kafka.common.protocol.ByteBufferAccessor(answer), (short) 0);
            assertThat(Errors.forCode(data.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
            assertThat(data.apiKeys()).singleElement().satisfies(own -> {
                assertThat(own.apiKey()).isEqualTo(ApiKeys.API_VERSIONS.id);
                assertThat(own.maxVersion()).isEqualTo((short) 4);
            });

            client.send(ApiKeys.METADATA, (short) 1, 2, new MetadataRequestData());
            client.receive(ApiKeys.METADATA, (short) 1, 2);
        }
    }

    @Test
    void apiVersionsTellsWhatIsRegisteredAndTheFeatures() throws Exception {
        FeatureSource features = new FeatureSource() {
            @Override
            public Map<String, VersionRange> supported() {
                return Map.of("metadata.version", VersionRange.of(7, 30), "kraft.version", VersionRange.of(0, 1));
            }

            @Override
            public Map<String, Short> finalized() {
                return Map.of("metadata.version", (short) 30);
            }

            @Override
            public long finalizedEpoch() {
                return 42;
            }
        };
        try (WireFixture fixture = setup().features(features).start();
                RawClient client = new RawClient(fixture.port())) {
            for (short version : ApiKeys.API_VERSIONS.allVersions()) {
                client.send(
                        ApiKeys.API_VERSIONS,
                        version,
                        version,
                        new ApiVersionsRequestData()
                                .setClientSoftwareName("java-client")
                                .setClientSoftwareVersion("4.3.1"));

                ApiVersionsResponseData answer =
                        (ApiVersionsResponseData) client.receive(ApiKeys.API_VERSIONS, version, version);

                assertThat(answer.errorCode()).isZero();
                assertThat(answer.apiKeys()).hasSize(7);
                assertThat(answer.apiKeys().find(ApiKeys.PRODUCE.id).minVersion())
                        .isZero();
                assertThat(answer.apiKeys().find(ApiKeys.FETCH.id).minVersion()).isEqualTo((short) 4);
                assertThat(answer.supportedFeatures()).hasSize(version < 3 ? 0 : version == 3 ? 1 : 2);
                assertThat(answer.finalizedFeaturesEpoch()).isEqualTo(version < 3 ? -1 : 42);
            }
        }
    }

    @Test
    void remembersTheClientsSoftware() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            client.send(
                    ApiKeys.API_VERSIONS,
                    (short) 3,
                    1,
                    new ApiVersionsRequestData()
                            .setClientSoftwareName("librdkafka")
                            .setClientSoftwareVersion("2.3.0"));
            client.receive(ApiKeys.API_VERSIONS, (short) 3, 1);
            client.send(ApiKeys.FETCH, (short) 12, 2, new FetchRequestData());
            await().until(() -> fetches.size() == 1);

            assertThat(fetches.get(0).client()).isEqualTo(new ClientSoftware("librdkafka", "2.3.0"));
            assertThat(fetches.get(0).clientId()).isEqualTo("raw");
        }
    }

    @Test
    void aSoftwareNameOutOfTheOrdinaryIsAnInvalidRequest() throws Exception {
        try (WireFixture fixture = setup().start();
                RawClient client = new RawClient(fixture.port())) {
            client.send(
                    ApiKeys.API_VERSIONS,
                    (short) 3,
                    1,
                    new ApiVersionsRequestData().setClientSoftwareName("-bad-").setClientSoftwareVersion("1"));

            ApiVersionsResponseData answer =
                    (ApiVersionsResponseData) client.receive(ApiKeys.API_VERSIONS, (short) 3, 1);
            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        }
    }

    @Test
    void aLostConnectionIsTold() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (WireFixture fixture = setup().start()) {
            try (RawClient client = new RawClient(fixture.port())) {
                client.send(ApiKeys.FETCH, (short) 12, 2, new FetchRequestData());
                await().until(() -> fetches.size() == 1);
                fetches.get(0).connection().onClose(() -> told.add("lost"));
            }
            await().until(() -> told.size() == 1);
            fetches.get(0).respond(new FetchResponseData());
            assertThat(fixture.server.connectionCount()).isZero();
        }
    }
}
