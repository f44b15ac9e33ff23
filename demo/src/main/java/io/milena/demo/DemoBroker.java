package io.milena.demo;

/** The broker under the demo. */
interface DemoBroker extends AutoCloseable {

    String bootstrapServers();

    /** What it is, for the user. */
    String description();

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
            public void close() {}
        };
    }
}
