package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;

/**
 * BrokerHeartbeat (KIP-631): what a broker is to become.
 *
 * <pre>
 * is             asks for             becomes
 * fenced         shutdown             may go
 * fenced         to be unfenced       unfenced, once it has replayed its own registration
 * unfenced       fence                fenced
 * unfenced       fence and shutdown   may go
 * unfenced       shutdown             shutting down while it leads anything, else may go
 * shutting down  anything             may go, once it leads nothing and all others know
 * </pre>
 */
public final class HeartbeatControl {
    private final ControlContext context;

    public HeartbeatControl(ControlContext context) {
        this.context = context;
    }

    private enum Standing {
        FENCED,
        UNFENCED,
        SHUTTING_DOWN,
        MAY_GO
    }

    /** Decides one heartbeat; the caller touches the session. Fails with STALE_BROKER_EPOCH for another registration. */
    public Decision<BrokerHeartbeatResponseData> decide(BrokerHeartbeatRequestData request, BrokerSessions sessions) {
        BrokerState broker = context.state().brokers().checkEpoch(request.brokerId(), request.brokerEpoch());
        boolean caughtUp = request.currentMetadataOffset() >= broker.registrationOffset();
        Standing current = standing(broker);
        Standing next = next(broker, current, request, caughtUp, sessions);
        List<VersionedRecord> records = new ArrayList<>();
        BrokerLeadership leadership = new BrokerLeadership(context);
        if (next != current) {
            switch (next) {
                case FENCED -> leadership.fence(broker, records);
                case UNFENCED -> leadership.unfence(broker, records);
                case SHUTTING_DOWN -> leadership.beginControlledShutdown(broker, records);
                case MAY_GO -> {
                    if (!broker.fenced()) {
                        leadership.fence(broker, records);
                    }
                }
            }
        }
        if (next != Standing.MAY_GO) {
            applyDirectories(broker, request, leadership, records);
        }
        return new Decision<>(
                records,
                new BrokerHeartbeatResponseData()
                        .setIsCaughtUp(caughtUp)
                        .setIsFenced(next == Standing.FENCED || next == Standing.MAY_GO)
                        .setShouldShutDown(next == Standing.MAY_GO));
    }

    /** Whether a decision's records begin a controlled shutdown of this broker. */
    public static boolean beginsShutdown(Decision<?> decision) {
        return decision.records().stream()
                .anyMatch(record -> record.message() instanceof BrokerRegistrationChangeRecord change
                        && change.inControlledShutdown() > 0);
    }

    private static Standing standing(BrokerState broker) {
        if (broker.fenced()) {
            return Standing.FENCED;
        }
        return broker.inControlledShutdown() ? Standing.SHUTTING_DOWN : Standing.UNFENCED;
    }

    private Standing next(
            BrokerState broker,
            Standing current,
            BrokerHeartbeatRequestData request,
            boolean caughtUp,
            BrokerSessions sessions) {
        boolean leads = context.state().topics().leaderCount(broker.id()) > 0;
        return switch (current) {
            case FENCED -> {
                if (request.wantShutDown()) {
                    yield Standing.MAY_GO;
                }
                yield !request.wantFence() && caughtUp ? Standing.UNFENCED : Standing.FENCED;
            }
            case UNFENCED -> {
                if (request.wantFence()) {
                    yield request.wantShutDown() ? Standing.MAY_GO : Standing.FENCED;
                }
                if (!request.wantShutDown()) {
                    yield Standing.UNFENCED;
                }
                yield leads ? Standing.SHUTTING_DOWN : Standing.MAY_GO;
            }
            case SHUTTING_DOWN, MAY_GO -> {
                boolean done = !leads
                        && sessions.shutdownSeenByOthers(broker, context.state().brokers());
                yield done ? Standing.MAY_GO : Standing.SHUTTING_DOWN;
            }
        };
    }

    private void applyDirectories(
            BrokerState broker,
            BrokerHeartbeatRequestData request,
            BrokerLeadership leadership,
            List<VersionedRecord> records) {
        List<Uuid> offline = new ArrayList<>(request.offlineLogDirs());
        offline.retainAll(broker.directories());
        if (!offline.isEmpty() && context.versions().directories()) {
            leadership.directoriesOffline(broker, offline, records);
        }
        List<Uuid> cordoned = request.cordonedLogDirs();
        if (cordoned != null
                && context.versions().cordonedDirectories()
                && !new HashSet<>(cordoned).equals(new HashSet<>(broker.cordonedDirectories()))) {
            records.add(new VersionedRecord(
                    new BrokerRegistrationChangeRecord()
                            .setBrokerId(broker.id())
                            .setBrokerEpoch(broker.epoch())
                            .setCordonedLogDirs(cordoned),
                    context.versions().brokerRegistrationChange()));
        }
    }

    /** Fences every broker whose session is over. */
    public Decision<Integer> fenceExpired(BrokerSessions sessions, long nowMs) {
        List<BrokerState> expired = sessions.expired(context.state().brokers(), nowMs);
        if (expired.isEmpty()) {
            return Decision.unchanged(0);
        }
        // One at a time: the next broker's partitions must be decided on what the first one's fencing left.
        List<VersionedRecord> records = new ArrayList<>();
        new BrokerLeadership(context).fence(expired.get(0), records);
        return new Decision<>(records, expired.size());
    }
}
