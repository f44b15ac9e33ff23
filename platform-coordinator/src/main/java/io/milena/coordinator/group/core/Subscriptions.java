package io.milena.coordinator.group.core;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/** Reads the topics out of consumers' metadata, which belongs to the clients: what cannot be read is not an error. */
final class Subscriptions {

    static final String CONSUMER_PROTOCOL_TYPE = "consumer";

    private Subscriptions() {}

    /** Topics that any of the members subscribes to, or null if some metadata is no subscription. */
    static @Nullable Set<String> topics(Collection<GroupMember> members, @Nullable String protocol) {
        Set<String> topics = new HashSet<>();
        for (GroupMember member : members) {
            try {
                ByteBuffer metadata = ByteBuffer.wrap(member.metadata(protocol));
                short version = metadata.getShort();
                if (version < ConsumerProtocolSubscription.LOWEST_SUPPORTED_VERSION) {
                    return null;
                }
                short readable = (short) Math.min(version, ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION);
                topics.addAll(new ConsumerProtocolSubscription(new ByteBufferAccessor(metadata), readable).topics());
            } catch (RuntimeException notASubscription) {
                return null;
            }
        }
        return topics;
    }
}
