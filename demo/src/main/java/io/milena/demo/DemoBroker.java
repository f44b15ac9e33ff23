package io.milena.demo;

import java.util.List;

/** What the services talk to. */
interface DemoBroker extends AutoCloseable {

    String bootstrapServers();

    /** What it is, for the user. */
    String description();

    /** The nodes that may be killed, by what they are called for the user; none if somebody else runs them. */
    List<String> nodes();

    /** Ends a node as {@code kill -9} would. */
    void kill(String node);

    /** Starts a killed node again. */
    void restart(String node);

    @Override
    void close();

    /** A broker that somebody else runs. */
    static DemoBroker running(String bootstrapServers) {
        return new DemoBroker() {
            @Override
            public String bootstrapServers() {
                return bootstrapServers;
            }

            @Override
            public String description() {
                return "running already";
            }

            @Override
            public List<String> nodes() {
                return List.of();
            }

            @Override
            public void kill(String node) {
                throw new IllegalArgumentException(node + " is not ours to kill");
            }

            @Override
            public void restart(String node) {
                throw new IllegalArgumentException(node + " is not ours to start");
            }

            @Override
            public void close() {}
        };
    }
}
