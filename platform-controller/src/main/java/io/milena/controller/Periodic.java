package io.milena.controller;

import io.milena.controller.core.BrokerSessions;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Decision;
import io.milena.controller.core.HeartbeatControl;
import io.milena.controller.core.LeaderElections;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.NoOpRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the active controller does by itself when its time has come. Confined to the controller's thread. */
final class Periodic {
    private static final Logger LOG = LoggerFactory.getLogger(Periodic.class);

    private final ControllerConfig config;
    private long lastWriteMs;
    private long nextBalanceMs = Long.MAX_VALUE;
    private long nextUncleanMs = Long.MAX_VALUE;

    Periodic(ControllerConfig config) {
        this.config = config;
    }

    void activate(long nowMs) {
        lastWriteMs = nowMs;
        nextBalanceMs = next(nowMs, config.leaderImbalanceCheckIntervalMs());
        nextUncleanMs = next(nowMs, config.uncleanElectionIntervalMs());
    }

    void wrote(long nowMs) {
        lastWriteMs = nowMs;
    }

    List<Operation.Task> due(long nowMs, ControlContext context, BrokerSessions sessions) {
        List<Operation.Task> due = new ArrayList<>();
        sessions.expired(context.state().brokers(), nowMs).forEach(broker -> {
            LOG.info("Fencing broker {} at epoch {}: it was not heard of in time", broker.id(), broker.epoch());
            due.add(this::fenceOne);
        });
        if (nowMs >= nextBalanceMs) {
            nextBalanceMs = next(nowMs, config.leaderImbalanceCheckIntervalMs());
            due.add(elections(LeaderElections::balance, () -> nextBalanceMs = nowMs));
        }
        if (nowMs >= nextUncleanMs) {
            nextUncleanMs = next(nowMs, config.uncleanElectionIntervalMs());
            due.add(elections(LeaderElections::electUnclean, () -> nextUncleanMs = nowMs));
        }
        if (due.isEmpty() && config.maxIdleIntervalMs() > 0 && nowMs - lastWriteMs >= config.maxIdleIntervalMs()) {
            due.add(turn -> Decision.atomic(List.of(new VersionedRecord(new NoOpRecord(), 0)), 1));
        }
        return due;
    }

    long nextMs(ClusterState state, BrokerSessions sessions) {
        long next = Math.min(nextBalanceMs, nextUncleanMs);
        next = Math.min(next, sessions.nextDeadlineMs(state.brokers()).orElse(Long.MAX_VALUE));
        return config.maxIdleIntervalMs() > 0 ? Math.min(next, lastWriteMs + config.maxIdleIntervalMs()) : next;
    }

    /** Elections in portions: requests have their turn between two of them, but nobody waits for the interval while some are left. */
    private static Operation.Task elections(Function<LeaderElections, Decision<Integer>> kind, Runnable again) {
        return new Operation.Task() {
            @Override
            public Decision<Integer> decide(Turn turn) {
                return kind.apply(new LeaderElections(turn.context()));
            }

            @Override
            public void appended(Decision<Integer> decision, Turn turn, long lastOffset) {
                if (decision.response() >= turn.context().settings().electionsPerTask()) {
                    again.run();
                }
            }
        };
    }

    private Decision<Integer> fenceOne(Operation.Turn turn) {
        return new HeartbeatControl(turn.context()).fenceExpired(turn.sessions(), turn.nowMs());
    }

    private static long next(long nowMs, long intervalMs) {
        return intervalMs > 0 ? nowMs + intervalMs : Long.MAX_VALUE;
    }
}
