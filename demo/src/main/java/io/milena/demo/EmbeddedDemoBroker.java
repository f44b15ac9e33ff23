package io.milena.demo;

import java.nio.file.Path;

/** Our own node, in this JVM. */
final class EmbeddedDemoBroker {

    private EmbeddedDemoBroker() {}

    static DemoBroker start(Path directory, int port) {
        throw new UsageException(
                "the embedded node is not there yet; --bootstrap-servers HOST:PORT uses a running broker" + " ("
                        + directory + ", " + port + ")");
    }
}
