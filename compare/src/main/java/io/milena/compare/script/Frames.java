package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.API_VERSIONS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;

import io.milena.compare.Interview;
import io.milena.compare.Listener;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;

/** Frames that are no proper request: bytes behind it, too few of them, lengths that lie, APIs that do not exist. */
final class Frames implements Script {
    @Override
    public void ask(Interview ask) {
        for (Listener listener : Listener.values()) {
            ask.about("frames");
            for (ApiKeys api : ask.harmless(listener)) {
                ask.behind(listener, "three bytes behind the request", api, api.latestVersion(), "{}", 3);
                ask.raw(listener, "garbage in the place of a body", api, api.latestVersion(), new byte[] {
                    -1, -1, -1, -1, 7
                });
            }
            ask.behind(listener, "three bytes behind Metadata v13", METADATA, 13, "{topics: [{name: 'read'}]}", 3);
            for (int version : new int[] {-1, 5, 6, 99, Short.MAX_VALUE, Short.MIN_VALUE}) {
                ask.raw(listener, "no such version of ApiVersions: " + version, API_VERSIONS, version, new byte[20]);
            }
            for (int key : new int[] {-1, 4, 5, 6, 7, 58, 999, Short.MAX_VALUE}) {
                ask.frame(listener, "no such API: " + key, header(key, 0));
            }
            ask.frame(listener, "an empty frame", new byte[0]);
            ask.frame(listener, "a frame that ends in its header", new byte[] {0, 18, 0, 0, 0});
            ask.frame(listener, "a client id longer than the frame", new byte[] {0, 18, 0, 0, 0, 0, 0, 1, 127, -1});
            ask.frame(listener, "a client id of a negative length", new byte[] {0, 18, 0, 0, 0, 0, 0, 1, -1, -2});
        }
    }

    private static byte[] header(int key, int version) {
        return ByteBuffer.allocate(10)
                .putShort((short) key)
                .putShort((short) version)
                .putInt(1)
                .putShort((short) -1)
                .array();
    }
}
