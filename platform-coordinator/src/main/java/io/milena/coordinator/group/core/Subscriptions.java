package io.milena.coordinator.group.core;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/** What consumers of the classic protocol write into their metadata, which the protocol itself does not look into. */
public final class Subscriptions {

    public static final String CONSUMER_PROTOCOL_TYPE = "consumer";

    private Subscriptions() {}

    /** @throws RuntimeException if it is no subscription */
    public static ConsumerProtocolSubscription read(byte[] bytes) {
        ByteBuffer metadata = ByteBuffer.wrap(bytes);
        short version = readable(metadata.getShort(), ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION);
        return new ConsumerProtocolSubscription(new ByteBufferAccessor(metadata), version);
    }

    /**
     * The version to read, or to write, something in: the highest that is known, if its own is later. Later versions only add fields
     * at the end.
     *
     * @throws IllegalArgumentException its own version is negative
     */
    public static short readable(short version, short highest) {
        if (version < 0) {
            throw new IllegalArgumentException("version " + version);
        }
        return (short) Math.min(version, highest);
    }

    /** Topics that any of the members subscribes to, or null if some metadata is no subscription: they belong to the clients. */
    static @Nullable Set<String> topics(Collection<GroupMember> members, @Nullable String protocol) {
        Set<String> topics = new HashSet<>();
        for (GroupMember member : members) {
            try {
                topics.addAll(read(member.metadata(protocol)).topics());
            } catch (RuntimeException notASubscription) {
                return null;
            }
        }
        return topics;
    }
}
