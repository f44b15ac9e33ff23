package io.milena.broker.fetch;

import io.milena.broker.partition.Partition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * One partition on its way through one fetch: what is asked for, which does not change, and the hosted partition once it has been
 * looked up. Used by one thread at a time.
 */
final class FetchTarget {
    final String topic;
    final Uuid topicId;
    final int index;
    final PartitionFetch asked;

    /** What the session knows of it; null outside sessions. */
    final @Nullable SessionPartition session;

    /** The hosted partition, null before it is looked up and if there is none. */
    @Nullable
    Partition partition;

    private boolean unnoted;

    FetchTarget(PartitionKey key, PartitionFetch asked, @Nullable SessionPartition session) {
        this.topic = key.topic();
        this.topicId = key.topicId();
        this.index = key.index;
        this.asked = asked;
        this.session = session;
    }

    /** The leader has not taken note of the follower that asks: it did not lead, or did not know it as a replica. */
    void unnoted() {
        if (session == null) {
            unnoted = true;
        } else {
            session.unnoted();
        }
    }

    boolean isUnnoted() {
        return session == null ? unnoted : session.isUnnoted();
    }

    /** The high watermark a follower knows; Long.MAX_VALUE if that cannot be told. */
    long knownHighWatermark() {
        return session == null ? asked.highWatermark() : session.knownHighWatermark();
    }

    boolean byTopicId() {
        return !Uuid.ZERO_UUID.equals(topicId);
    }
}
