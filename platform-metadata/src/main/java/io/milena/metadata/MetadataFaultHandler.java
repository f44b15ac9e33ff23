package io.milena.metadata;

/** Told when metadata cannot be replayed or published: the node must stop, for its view of the cluster is wrong. */
@FunctionalInterface
public interface MetadataFaultHandler {
    /** Called on the loader's thread; the loader takes no further batch afterwards. */
    void onFault(String what, Throwable cause);
}
