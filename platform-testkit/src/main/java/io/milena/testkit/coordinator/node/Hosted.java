package io.milena.testkit.coordinator.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;

/** What a broker believes of a partition, and who waits there for a commit. */
final class Hosted {
    private record Waiting(long offset, int epoch, CompletableFuture<Void> committed) {}

    private final int broker;
    private final List<Waiting> waiting = new ArrayList<>();
    private int leader = -1;
    private int epoch;

    Hosted(int broker) {
        this.broker = broker;
    }

    boolean isLeader() {
        return leader == broker;
    }

    int leader() {
        return leader;
    }

    int epoch() {
        return epoch;
    }

    void learn(int newLeader, int newEpoch) {
        leader = newLeader;
        epoch = newEpoch;
    }

    CompletableFuture<Void> whenCommitted(long offset, ReplicatedPartition partition) {
        if (partition.isLed(broker, epoch) && partition.knownEnd() > offset) {
            return CompletableFuture.completedFuture(null);
        }
        Waiting wait = new Waiting(offset, epoch, new CompletableFuture<>());
        waiting.add(wait);
        return wait.committed;
    }

    /** The high watermark moved in the epoch that the broker knows of. */
    void committed(long end) {
        for (Waiting wait : List.copyOf(waiting)) {
            if (wait.epoch == epoch && wait.offset < end) {
                waiting.remove(wait);
                wait.committed.complete(null);
            }
        }
    }

    /** Whatever was waited for in former epochs is not known to be committed. */
    void failFormer() {
        for (Waiting wait : List.copyOf(waiting)) {
            if (wait.epoch != epoch || !isLeader()) {
                waiting.remove(wait);
                wait.committed.completeExceptionally(new NotLeaderOrFollowerException("moved"));
            }
        }
    }
}
