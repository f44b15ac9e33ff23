package io.milena.wire;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * The APIs that a listener serves. ApiVersions is built in and tells exactly what is registered here; the SASL APIs are
 * built in too. Immutable.
 */
public final class HandlerRegistry {

    private final @Nullable ApiHandler<?>[] handlers;
    private final VersionsAnswer versions;

    private HandlerRegistry(@Nullable ApiHandler<?>[] handlers, FeatureSource features) {
        this.handlers = handlers;
        this.versions = new VersionsAnswer(handlers, features);
        handlers[ApiKeys.API_VERSIONS.id] = new ApiVersionsHandler(versions);
        handlers[ApiKeys.SASL_HANDSHAKE.id] = new SaslHandshakeHandler();
        handlers[ApiKeys.SASL_AUTHENTICATE.id] = new SaslAuthenticateHandler();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The handler of an API key, whatever its version. */
    public Optional<ApiHandler<?>> lookup(int apiKey) {
        return Optional.ofNullable(handlerOrNull(apiKey));
    }

    /** What a client that asks with this version of ApiVersions is told. */
    public ApiVersionsResponseData apiVersions(short version) {
        return versions.answer(version);
    }

    @Nullable
    ApiHandler<?> handlerOrNull(int apiKey) {
        return apiKey >= 0 && apiKey < handlers.length ? handlers[apiKey] : null;
    }

    /** Collects handlers. */
    public static final class Builder {

        private final @Nullable ApiHandler<?>[] handlers = new ApiHandler<?>[size()];
        private FeatureSource features = FeatureSource.NONE;
        private @Nullable ListenerType listenerType;

        private Builder() {}

        private static int size() {
            return Arrays.stream(ApiKeys.values()).mapToInt(api -> api.id).max().orElse(0) + 1;
        }

        /** Refuses, from here on, handlers of APIs that Kafka does not serve on listeners of this kind. */
        public Builder listenerType(ListenerType type) {
            this.listenerType = type;
            return this;
        }

        /** Where ApiVersions takes the features from. */
        public Builder features(FeatureSource source) {
            this.features = source;
            return this;
        }

        /**
         * Adds the handler of one API.
         *
         * @throws IllegalArgumentException if the API has a handler already, is built in, or does not belong on this listener
         */
        public Builder add(ApiHandler<?> handler) {
            ApiKeys api = handler.api();
            if (api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE) {
                throw new IllegalArgumentException(api + " is built in and cannot be registered.");
            }
            if (handlers[api.id] != null) {
                throw new IllegalArgumentException(api + " has a handler already: " + handlers[api.id]);
            }
            if (listenerType != null && !api.inScope(listenerType)) {
                throw new IllegalArgumentException(api + " is not served on " + listenerType + " listeners.");
            }
            checkRange(handler);
            handlers[api.id] = handler;
            return this;
        }

        public Builder addAll(Collection<? extends ApiHandler<?>> all) {
            all.forEach(this::add);
            return this;
        }

        public HandlerRegistry build() {
            return new HandlerRegistry(handlers.clone(), features);
        }

        private static void checkRange(ApiHandler<?> handler) {
            ApiKeys api = handler.api();
            boolean known = handler.lowestVersion() >= api.messageType.lowestSupportedVersion()
                    && handler.highestVersion() <= api.messageType.highestSupportedVersion(true)
                    && handler.lowestVersion() <= handler.highestVersion();
            if (!known) {
                throw new IllegalArgumentException("%s: versions %d-%d are not known to this release of the protocol."
                        .formatted(api, handler.lowestVersion(), handler.highestVersion()));
            }
        }
    }
}
