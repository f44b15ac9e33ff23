package io.milena.broker.partition;

import io.milena.broker.replication.core.PartitionRole.Gone;
import io.milena.broker.replication.core.PartitionRole.Leading;
import io.milena.broker.replication.core.ReplicaState;
import io.milena.broker.replication.core.ReplicaView;
import io.milena.log.PartitionLog;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.jspecify.annotations.Nullable;

/**
 * This broker's replica of a partition: the hands of its {@link ReplicaState}, which decides, with the log that it decides about.
 *
 * <p>Threads: whoever appends or changes the role holds {@link #lock}; the role and the log are volatile and read without it. The
 * log is opened when somebody first needs it, on that thread.
 */
final class LocalReplica {
    final int brokerId;
    final ReentrantLock lock = new ReentrantLock();
    /** Its events come under the lock. */
    final ReplicaState state;

    private final HostedTopic topic;
    private final int index;
    private final Supplier<PartitionLog> logs;
    private final PartitionContext context;
    private final ReplicaView view = new View();

    private volatile @Nullable PartitionLog log;

    LocalReplica(HostedTopic topic, int index, Supplier<PartitionLog> logs, PartitionContext context) {
        this.topic = topic;
        this.index = index;
        this.brokerId = context.brokerId();
        this.logs = logs;
        this.context = context;
        this.state = new ReplicaState(brokerId);
    }

    String name() {
        return topic.name + "-" + index;
    }

    /** What the heart sees around itself; with the lock held and the log open. */
    ReplicaView view() {
        return view;
    }

    long nowMs() {
        return context.clock().millis();
    }

    /** @throws NotLeaderOrFollowerException if this broker does not lead */
    Leading leading() {
        if (state.role() instanceof Leading leading) {
            return leading;
        }
        throw new NotLeaderOrFollowerException("Broker " + brokerId + " does not lead partition " + name() + ".");
    }

    /** As {@link Partition#log()}. */
    PartitionLog log() {
        PartitionLog open = log;
        return open != null && state.isPrepared() ? open : prepareLog();
    }

    private PartitionLog prepareLog() {
        lock.lock();
        try {
            PartitionLog open = log;
            if (open == null) {
                if (state.role() instanceof Gone) {
                    throw new NotLeaderOrFollowerException("Partition " + name() + " is no longer hosted here.");
                }
                open = logs.get();
                log = open;
            }
            if (!state.isPrepared()) {
                long epochStart = state.prepare(open.logEndOffset());
                if (epochStart >= 0) {
                    open.assignEpochStartOffset(state.role().leaderEpoch(), epochStart);
                    advanceHighWatermark(open);
                }
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** The log if somebody has needed it yet. */
    @Nullable
    PartitionLog logIfOpen() {
        return log;
    }

    /** Gives the new replica its log, so that it need not be looked up later. */
    void place(PartitionLog placed) {
        log = placed;
    }

    /**
     * Exchanges the log; lock held.
     *
     * @param exchange as {@link Partition#exchangeLog} has it
     * @return whether there is another one now
     */
    boolean exchangeLog(UnaryOperator<@Nullable PartitionLog> exchange) {
        PartitionLog before = log;
        PartitionLog after = exchange.apply(before);
        if (after == before || state.role() instanceof Gone) {
            return false;
        }
        log = after;
        state.logExchanged();
        return true;
    }

    /** The partition is hosted here no longer; lock held. */
    void leave() {
        state.leave();
        log = null;
    }

    /** Lets the heart move the high watermark; lock held. True if it rose. */
    boolean advanceHighWatermark(PartitionLog open) {
        return setHighWatermark(open, state.advance(view, state.hasFollowers() ? nowMs() : 0));
    }

    /** Does what the heart said about the high watermark, -1 for nothing; lock held. True if it rose. */
    boolean setHighWatermark(PartitionLog open, long highWatermark) {
        boolean rose = highWatermark >= 0 && open.maybeAdvanceHighWatermark(highWatermark);
        if (rose) {
            context.changes().highWatermarkMoved();
        }
        return rose;
    }

    private final class View implements ReplicaView {
        @Override
        public long logEndOffset() {
            return Objects.requireNonNull(log).logEndOffset();
        }

        @Override
        public long highWatermark() {
            return Objects.requireNonNull(log).highWatermark();
        }

        @Override
        public int minInSyncReplicas() {
            return topic.settings.minInSyncReplicas();
        }

        @Override
        public long lagTimeMaxMs() {
            return context.replication().get().lagTimeMaxMs();
        }

        @Override
        public boolean mayJoin(int replicaId, long brokerEpoch) {
            return context.replication().get().mayJoin(replicaId, brokerEpoch);
        }

        @Override
        public boolean isAlive(int replicaId) {
            return context.replication().get().isAlive(replicaId);
        }
    }
}
