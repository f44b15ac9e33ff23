package io.milena.wire;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Answers an ApiVersions request of a version that we do not know, as newer clients send (KIP-511): try again with ours. */
final class UnsupportedVersions implements ApiHandler<ApiVersionsRequestData> {

    static final UnsupportedVersions HANDLER = new UnsupportedVersions();

    private UnsupportedVersions() {}

    @Override
    public ApiKeys api() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public void handle(Exchange<ApiVersionsRequestData> exchange) {
        ((RequestExchange<?>) exchange).respondAtVersion0(VersionsAnswer.unsupportedVersion());
    }
}
