package io.milena.broker.partition;

import io.milena.metadata.LoadManifest;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataPublisher;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/**
 * The image that a broker begins with: the first one that holds its registration of this start. Images before it are the past:
 * a topic in them may have been deleted, created anew or moved since, and its settings changed. So nothing is decided by them:
 * no log is recovered and none is set aside (docs/adr/0160-a-broker-recovers-when-it-knows-the-topics.md).
 */
public final class FirstImage implements MetadataPublisher {
    private final int brokerId;
    private final Uuid incarnationId;
    private final CompletableFuture<MetadataImage> known = new CompletableFuture<>();

    /** @param incarnationId of this start, as sent in the broker's registration */
    public FirstImage(int brokerId, Uuid incarnationId) {
        this.brokerId = brokerId;
        this.incarnationId = incarnationId;
    }

    /** Completes on the metadata thread, which must not be kept. */
    public CompletableFuture<MetadataImage> known() {
        return known;
    }

    @Override
    public void publish(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        if (!known.isDone() && isRegistered(image, brokerId, incarnationId)) {
            known.complete(image);
        }
    }

    static boolean isRegistered(MetadataImage image, int brokerId, Uuid incarnationId) {
        return image.cluster()
                .broker(brokerId)
                .filter(broker -> broker.incarnationId().equals(incarnationId))
                .isPresent();
    }
}
