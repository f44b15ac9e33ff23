package io.milena.metadata;

/** Somebody who acts on new metadata. */
@FunctionalInterface
public interface MetadataPublisher {
    /**
     * Called on the loader's thread for every new image, in order. The first call after {@link MetadataLoader#addPublisher}
     * brings everything as a change from {@link MetadataImage#EMPTY}. Must not block for long: later metadata waits.
     *
     * <p>An exception does not stop the node. The publisher is called again after a pause, with one delta from the last image
     * for which it returned normally to the newest one; images between the two are skipped. So it must bear to be told again
     * what it has acted on already.
     *
     * @param delta what changed from {@code delta.base()} to {@code newImage}
     * @param newImage the metadata from now on
     * @param manifest how it was loaded
     */
    void publish(MetadataDelta delta, MetadataImage newImage, LoadManifest manifest);
}
