package io.milena.metadata;

import org.slf4j.LoggerFactory;

/** Told of faults on the loader's thread. */
@FunctionalInterface
public interface MetadataFaultHandler {
    /**
     * The committed metadata cannot be replayed: this node's view of the cluster would be wrong from here on, so the node must
     * stop. The loader takes no further batch afterwards.
     */
    void onFault(String what, Throwable cause);

    /**
     * A publisher could not act on an image that was replayed well. The node goes on: the other publishers are served, and the
     * one that failed is called again with the newest image.
     *
     * @param failure which publisher, since when, how often, and why
     * @param retryMs when it is called again, ms from now
     */
    default void onPublisherFailure(PublisherFailure failure, long retryMs) {
        LoggerFactory.getLogger(MetadataLoader.class)
                .error(
                        "The publisher {} cannot act on the metadata up to offset {} (failure {} in a row). It is called again"
                                + " in {} ms; meanwhile it works with older metadata",
                        failure.publisher(),
                        failure.offset(),
                        failure.count(),
                        retryMs,
                        failure.cause());
    }
}
