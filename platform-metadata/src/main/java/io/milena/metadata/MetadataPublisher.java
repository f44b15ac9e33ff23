package io.milena.metadata;

/** Somebody who acts on new metadata. */
@FunctionalInterface
public interface MetadataPublisher {
    /**
     * Called on the loader's thread for every new image, in order, none skipped. The first call after
     * {@link MetadataLoader#addPublisher} brings everything as a change from {@link MetadataImage#EMPTY}. Must not block for
     * long: later metadata waits. An exception is a fault of the node (see {@link MetadataFaultHandler}).
     *
     * @param delta what changed from {@code delta.base()} to {@code newImage}
     * @param newImage the metadata from now on
     * @param manifest how it was loaded
     */
    void publish(MetadataDelta delta, MetadataImage newImage, LoadManifest manifest);
}
