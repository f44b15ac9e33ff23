package io.milena.metadata;

import org.jspecify.annotations.Nullable;

/**
 * One publisher of a {@link MetadataLoader} and the last image it has acted on. All on the loader's thread, but for
 * {@link #failure()}.
 *
 * <pre>
 *   working --publish throws--&gt; failed --pause over, publish throws--&gt; failed, with a longer pause
 *                                 |-----pause over, publish returns-&gt; working
 * </pre>
 *
 * While it is failed, new images are not published to it. The retry brings the newest image, as one change from the last
 * image it has acted on.
 */
final class MetadataSubscription {
    private static final long FIRST_RETRY_MS = 50;
    private static final long LAST_RETRY_MS = 30_000;

    /** What a failed publisher was called with, so that a retry without newer metadata need not compute it again. */
    private record Missed(MetadataDelta delta, MetadataImage image) {}

    private final String name;
    private final MetadataPublisher publisher;
    private final LoaderExecutor executor;
    private final MetadataFaultHandler faults;

    private MetadataImage seen = MetadataImage.EMPTY;
    private MetadataImage newest = MetadataImage.EMPTY;
    private @Nullable Missed missed;
    private boolean removed;
    private volatile @Nullable PublisherFailure failure;

    MetadataSubscription(
            String name, MetadataPublisher publisher, LoaderExecutor executor, MetadataFaultHandler faults) {
        this.name = name;
        this.publisher = publisher;
        this.executor = executor;
        this.faults = faults;
    }

    boolean isOf(MetadataPublisher other) {
        return publisher == other;
    }

    /** Why the publisher does not work at present, null if it does; any thread. */
    @Nullable
    PublisherFailure failure() {
        return failure;
    }

    /** Publishes the image of this moment to a publisher that has seen none yet. */
    void begin(MetadataImage image) {
        newest = image;
        catchUp();
    }

    /** There is a new image. */
    void publish(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        newest = image;
        if (failure == null) {
            call(isSame(delta.base(), seen) ? delta : MetadataDelta.between(seen, image), image, manifest);
        }
    }

    /** Ends the retries. */
    void remove() {
        removed = true;
    }

    private static boolean isSame(MetadataImage one, MetadataImage other) {
        return one.provenance().equals(other.provenance());
    }

    private void retry() {
        if (!removed) {
            catchUp();
        }
    }

    private void catchUp() {
        MetadataImage image = newest;
        Missed last = missed;
        MetadataDelta delta =
                last != null && isSame(last.image, image) ? last.delta : MetadataDelta.between(seen, image);
        call(delta, image, new LoadManifest(image.provenance(), true, 0, 0, 0));
    }

    private void call(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        try {
            publisher.publish(delta, image, manifest);
        } catch (RuntimeException | Error e) {
            missed = new Missed(delta, image);
            failed(image, e);
            return;
        }
        seen = image;
        missed = null;
        failure = null;
    }

    private void failed(MetadataImage image, Throwable cause) {
        PublisherFailure before = failure;
        int count = before == null ? 1 : before.count() + 1;
        long sinceMs = before == null ? System.currentTimeMillis() : before.sinceMs();
        PublisherFailure now = new PublisherFailure(name, image.provenance().offset(), count, sinceMs, cause);
        failure = now;
        long retryMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << Math.min(count - 1, 20));
        executor.schedule(this::retry, retryMs);
        faults.onPublisherFailure(now, retryMs);
    }
}
