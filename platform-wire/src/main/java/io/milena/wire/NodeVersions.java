package io.milena.wire;

import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;

/** The versions that this node and another one have in common. */
record NodeVersions(ApiVersionsResponseData told) {

    /** @throws UnsupportedVersionException if no version, or not the wanted one, is known to both sides */
    short choose(NodeCall call) {
        ApiKeys api = call.api;
        ApiVersion theirs = told.apiKeys().find(api.id);
        if (theirs == null) {
            throw new UnsupportedVersionException("The node does not serve " + api + ".");
        }
        int low = Math.max(theirs.minVersion(), api.messageType.lowestSupportedVersion());
        int high = Math.min(theirs.maxVersion(), api.messageType.highestSupportedVersion(true));
        if (call.wantedVersion != NodeCall.HIGHEST_COMMON) {
            return checked(call.wantedVersion, low, high, api);
        }
        return checked(Math.min(high, api.messageType.highestSupportedVersion(false)), low, high, api);
    }

    private static short checked(int version, int low, int high, ApiKeys api) {
        if (version < low || version > high) {
            throw new UnsupportedVersionException("%s version %d is not among those that both nodes know: %d to %d."
                    .formatted(api, version, low, high));
        }
        return (short) version;
    }
}
