package io.milena.controller.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;

/**
 * BrokerHeartbeat (KIP-631): what a broker is to become.
 *
 * <pre>
 * is                   asks for             becomes
 * fenced               shutdown             shutdown now
 * fenced               to be unfenced       unfenced, once it has replayed its own registration
 * unfenced             fence                fenced
 * unfenced             fence and shutdown   shutdown now
 * unfenced             shutdown             controlled shutdown while it leads anything, else shutdown now
 * controlled shutdown  anything             shutdown now, once it leads nothing and all others know
 * </pre>
 */
public final class HeartbeatControl {
    private final ControlContext context;

    public HeartbeatControl(ControlContext context) {
        this.context = context;
    }

    private enum ControlState {
        FENCED,
        UNFENCED,
        CONTROLLED_SHUTDOWN,
        SHUTDOWN_NOW
    }

    /** Decides one heartbeat; the caller touches the session. Fails with STALE_BROKER_EPOCH for another registration. */
    public Decision<BrokerHeartbeatResponseData> decide(BrokerHeartbeatRequestData request, BrokerSessions sessions) {
        BrokerState broker = context.state().brokers().checkEpoch(request.brokerId(), request.brokerEpoch());
        boolean caughtUp = request.currentMetadataOffset() >= broker.registrationOffset();
        boolean leads = context.state().topics().leaderCount(broker.id()) > 0;
        ControlState current = current(broker);
        ControlState next = next(broker, current, request, caughtUp, leads, sessions);
        // One state to become, decided on as a whole: a broker that is unfenced must not lead in a directory it has
        // just lost.
        Set<Uuid> lost = lostDirectories(broker, next, request);
        BrokerState after = withDirectories(as(next, current, broker), lost, next, request);
        BrokerLeadership leadership = new BrokerLeadership(context);
        boolean unchanged = after.equals(broker) && lost.isEmpty();
        boolean stillLeads = next == ControlState.CONTROLLED_SHUTDOWN && leads;
        return Decision.divisible(
                unchanged && stillLeads ? leadership.handOver(broker) : leadership.become(broker, after, lost),
                new BrokerHeartbeatResponseData()
                        .setIsCaughtUp(caughtUp)
                        .setIsFenced(next == ControlState.FENCED || next == ControlState.SHUTDOWN_NOW)
                        .setShouldShutDown(next == ControlState.SHUTDOWN_NOW));
    }

    /** What follows for the broker's session once the decision's records are replayed, the last one at this offset. */
    public void decided(
            BrokerHeartbeatRequestData request,
            BrokerHeartbeatResponseData response,
            BrokerSessions sessions,
            long nowMs,
            long lastOffset) {
        int broker = request.brokerId();
        long epoch = request.brokerEpoch();
        sessions.touch(broker, epoch, request.currentMetadataOffset(), nowMs);
        BrokerState now = context.state().brokers().get(broker);
        if (now != null && now.inControlledShutdown()) {
            sessions.shutdownBegan(broker, epoch, lastOffset);
        }
        if (response.shouldShutDown()) {
            sessions.end(broker, epoch);
        }
    }

    private static ControlState current(BrokerState broker) {
        if (broker.fenced()) {
            return ControlState.FENCED;
        }
        return broker.inControlledShutdown() ? ControlState.CONTROLLED_SHUTDOWN : ControlState.UNFENCED;
    }

    private ControlState next(
            BrokerState broker,
            ControlState current,
            BrokerHeartbeatRequestData request,
            boolean caughtUp,
            boolean leads,
            BrokerSessions sessions) {
        return switch (current) {
            case FENCED -> {
                if (request.wantShutDown()) {
                    yield ControlState.SHUTDOWN_NOW;
                }
                yield !request.wantFence() && caughtUp ? ControlState.UNFENCED : ControlState.FENCED;
            }
            case UNFENCED -> {
                if (request.wantFence()) {
                    yield request.wantShutDown() ? ControlState.SHUTDOWN_NOW : ControlState.FENCED;
                }
                if (!request.wantShutDown()) {
                    yield ControlState.UNFENCED;
                }
                yield leads ? ControlState.CONTROLLED_SHUTDOWN : ControlState.SHUTDOWN_NOW;
            }
            case CONTROLLED_SHUTDOWN, SHUTDOWN_NOW -> {
                boolean done = !leads
                        && sessions.shutdownSeenByOthers(broker, context.state().brokers());
                yield done ? ControlState.SHUTDOWN_NOW : ControlState.CONTROLLED_SHUTDOWN;
            }
        };
    }

    private static BrokerState as(ControlState next, ControlState current, BrokerState broker) {
        if (next == current) {
            return broker;
        }
        return switch (next) {
            case FENCED, SHUTDOWN_NOW -> broker.withFenced(true);
            case UNFENCED -> broker.withFenced(false);
            case CONTROLLED_SHUTDOWN -> broker.withControlledShutdown();
        };
    }

    private Set<Uuid> lostDirectories(BrokerState broker, ControlState next, BrokerHeartbeatRequestData request) {
        if (next == ControlState.SHUTDOWN_NOW || !context.versions().directories()) {
            return Set.of();
        }
        Set<Uuid> lost = new HashSet<>(request.offlineLogDirs());
        lost.retainAll(broker.directories());
        return lost;
    }

    private BrokerState withDirectories(
            BrokerState broker, Set<Uuid> lost, ControlState next, BrokerHeartbeatRequestData request) {
        BrokerState after = broker;
        List<Uuid> online = new ArrayList<>(broker.directories());
        online.removeAll(lost);
        // A record cannot tell that none is left, for no directories mean no change; such a broker ends itself.
        if (!lost.isEmpty() && !online.isEmpty()) {
            after = after.withDirectories(online);
        }
        List<Uuid> cordoned = request.cordonedLogDirs();
        if (cordoned != null
                && next != ControlState.SHUTDOWN_NOW
                && context.versions().cordonedDirectories()
                && !new HashSet<>(cordoned).equals(new HashSet<>(broker.cordonedDirectories()))) {
            after = after.withCordoned(cordoned);
        }
        return after;
    }

    /** Fences the first of the brokers whose session is over: the next one's partitions depend on what that leaves. */
    public Decision<Integer> fenceExpired(BrokerSessions sessions, long nowMs) {
        List<BrokerState> expired = sessions.expired(context.state().brokers(), nowMs);
        return expired.isEmpty()
                ? Decision.unchanged(0)
                : Decision.divisible(new BrokerLeadership(context).fence(expired.get(0)), expired.size());
    }
}
