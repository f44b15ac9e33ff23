package io.milena.wire;

import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Puts together what ApiVersions answers: the registered APIs and the features. */
final class VersionsAnswer {

    /** From this version on, clients can read a supported feature whose lowest level is 0. */
    private static final short FIRST_VERSION_WITH_LEVEL_0 = 4;

    private final @Nullable ApiHandler<?>[] handlers;
    private final FeatureSource features;

    VersionsAnswer(@Nullable ApiHandler<?>[] handlers, FeatureSource features) {
        this.handlers = handlers.clone();
        this.features = features;
    }

    ApiVersionsResponseData answer(short version) {
        ApiVersionsResponseData answer = new ApiVersionsResponseData().setApiKeys(apis());
        if (version < 3) {
            return answer;
        }
        answer.setFinalizedFeaturesEpoch(features.finalizedEpoch());
        features.supported().forEach((name, range) -> {
            if (range.min() > 0 || version >= FIRST_VERSION_WITH_LEVEL_0) {
                answer.supportedFeatures()
                        .add(new SupportedFeatureKey()
                                .setName(name)
                                .setMinVersion(range.min())
                                .setMaxVersion(range.max()));
            }
        });
        features.finalized()
                .forEach((name, level) -> answer.finalizedFeatures()
                        .add(new FinalizedFeatureKey()
                                .setName(name)
                                .setMinVersionLevel(level)
                                .setMaxVersionLevel(level)));
        return answer;
    }

    /** The answer, to be written at version 0, to a client whose version of ApiVersions is newer than ours. */
    static ApiVersionsResponseData unsupportedVersion() {
        ApiVersionCollection own = new ApiVersionCollection(1);
        own.add(range(ApiKeys.API_VERSIONS));
        return new ApiVersionsResponseData()
                .setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                .setApiKeys(own);
    }

    private ApiVersionCollection apis() {
        ApiVersionCollection apis = new ApiVersionCollection(handlers.length);
        for (ApiKeys api : ApiKeys.values()) {
            ApiHandler<?> handler = handlers[api.id];
            if (api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE) {
                apis.add(range(api));
            } else if (handler != null) {
                apis.add(new ApiVersion()
                        .setApiKey(api.id)
                        .setMinVersion(lowestAdvertised(handler))
                        .setMaxVersion(handler.highestVersion()));
            }
        }
        return apis;
    }

    /** Produce is advertised from 0 on, though 0 to 2 are refused: older librdkafka looks for it (KAFKA-18659). */
    private static short lowestAdvertised(ApiHandler<?> handler) {
        return handler.api() == ApiKeys.PRODUCE
                ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION
                : handler.lowestVersion();
    }

    private static ApiVersion range(ApiKeys api) {
        return new ApiVersion()
                .setApiKey(api.id)
                .setMinVersion(api.messageType.lowestSupportedVersion())
                .setMaxVersion(api.messageType.highestSupportedVersion(false));
    }
}
