package io.milena.testkit.coordinator.node;

import io.milena.wire.ApiHandler;
import java.util.List;

/** The coordinators of one internal topic in one process. */
public interface Resident {
    /** The topic. */
    String topic();

    void onElection(int partition, int leaderEpoch);

    void onResignation(int partition, int leaderEpoch);

    List<ApiHandler<?>> handlers();

    /** Makes those of a process that has just begun. */
    @FunctionalInterface
    interface Factory {
        Resident start(BrokerProcess process);
    }
}
