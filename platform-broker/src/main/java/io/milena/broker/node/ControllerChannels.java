package io.milena.broker.node;

import io.milena.broker.control.ControllerChannel;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A broker's connections to the active controller. Requests of one connection wait for each other, so what must not wait for
 * clients' requests has one of its own.
 *
 * @param requests what clients ask for
 * @param heartbeats registration and heartbeats
 * @param alterations in-sync replicas and log directories
 */
record ControllerChannels(ControllerChannel requests, ControllerChannel heartbeats, ControllerChannel alterations) {
    static ControllerChannels to(QuorumAccess quorum, ScheduledExecutorService scheduler) {
        return new ControllerChannels(
                new ControllerChannel(quorum::activeController, quorum::dial, scheduler),
                new ControllerChannel(quorum::activeController, quorum::dial, scheduler),
                new ControllerChannel(quorum::activeController, quorum::dial, scheduler));
    }

    /** Another controller may be active; on the scheduler's thread. */
    void onControllerChanged() {
        heartbeats.onControllerChanged();
        alterations.onControllerChanged();
        requests.onControllerChanged();
    }

    void close() {
        requests.close();
        alterations.close();
        heartbeats.close();
    }
}
