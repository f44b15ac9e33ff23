package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.UnregisterBrokerRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;

/**
 * What a broker's coming and going does to the partitions it hosts: ISRs shrink, leaders move, eligible leader replicas are
 * kept (KIP-966). Each method adds records to a list that others may have begun.
 */
final class BrokerLeadership {
    private static final int NOBODY = -1;

    private final ControlContext context;
    private final Map<String, PartitionRules> rulesByTopic = new HashMap<>();

    BrokerLeadership(ControlContext context) {
        this.context = context;
    }

    /**
     * Takes a registered broker out of every ISR and leadership, then fences it: should its many records be cut into several
     * batches and the last one be lost, the next controller finds a broker that it has to fence still, never a fenced leader.
     */
    void fence(BrokerState broker, List<VersionedRecord> records) {
        update(context.state().topics().on(broker.id()), broker.id(), NOBODY, NOBODY, records);
        records.add(change(broker, record -> record.setFenced((byte) 1)));
    }

    /** Unfences a broker and gives it the partitions that have no leader and can have this one. */
    void unfence(BrokerState broker, List<VersionedRecord> records) {
        records.add(change(broker, record -> record.setFenced((byte) -1)));
        update(context.state().topics().leaderless(), NOBODY, broker.id(), NOBODY, records);
    }

    /** Begins a controlled shutdown: the broker hands over what others can lead. */
    void beginControlledShutdown(BrokerState broker, List<VersionedRecord> records) {
        records.add(change(broker, record -> record.setInControlledShutdown((byte) 1)));
        update(context.state().topics().on(broker.id()), broker.id(), NOBODY, NOBODY, records);
    }

    /** A broker comes back as a new incarnation; after an unclean end it may lack what it had acknowledged. */
    void handleReturn(int brokerId, boolean clean, List<VersionedRecord> records) {
        boolean trusted = clean || !context.versions().elr();
        update(
                context.state().topics().on(brokerId),
                trusted ? brokerId : NOBODY,
                NOBODY,
                trusted ? NOBODY : brokerId,
                records);
    }

    /** The operator removed a broker for good. */
    void unregister(BrokerState broker, List<VersionedRecord> records) {
        update(context.state().topics().on(broker.id()), broker.id(), NOBODY, NOBODY, records);
        records.add(new VersionedRecord(
                new UnregisterBrokerRecord().setBrokerId(broker.id()).setBrokerEpoch(broker.epoch()), 0));
    }

    /** Replicas in directories that went offline leave their ISRs; the broker keeps the rest. */
    void directoriesOffline(BrokerState broker, List<Uuid> offline, List<VersionedRecord> records) {
        List<Uuid> remaining = new java.util.ArrayList<>(broker.directories());
        if (!remaining.removeAll(offline)) {
            return;
        }
        records.add(change(broker, record -> record.setLogDirs(remaining)));
        PartitionSet affected = new PartitionSet();
        context.state().topics().on(broker.id()).forEach((topic, partition) -> {
            if (offline.contains(topic.existing(partition).directoryOf(broker.id()))) {
                affected.add(topic, partition);
            }
        });
        update(affected, broker.id(), NOBODY, NOBODY, records);
    }

    /**
     * Recomputes ISR and leader of partitions as if {@code removed} were gone, {@code added} were active already, and
     * {@code unclean} had come back with an incomplete log; -1 for nobody.
     */
    private void update(PartitionSet partitions, int removed, int added, int unclean, List<VersionedRecord> records) {
        partitions.forEach((topic, number) -> {
            PartitionState partition = topic.existing(number);
            if (removed != NOBODY && !touches(partition, removed)
                    || unclean != NOBODY && !touches(partition, unclean)) {
                return;
            }
            IntPredicate acceptable = broker -> broker != removed
                    && broker != unclean
                    && (broker == added || context.state().brokers().active(broker))
                    && context.state().brokers().hasOnline(broker, partition.directoryOf(broker));
            PartitionRules rules = rulesByTopic.computeIfAbsent(topic.name(), context::partitionRules);
            PartitionChange change = context.change(topic, number, rules, acceptable)
                    .isr(Ids.without(Ids.without(Ids.list(partition.isr()), removed), unclean));
            if (unclean != NOBODY) {
                change.uncleanlyShutDown(unclean);
            }
            change.build().ifPresent(records::add);
        });
    }

    private static boolean touches(PartitionState partition, int broker) {
        return partition.leader() == broker
                || Ids.contains(partition.isr(), broker)
                || Ids.contains(partition.elr(), broker);
    }

    private VersionedRecord change(
            BrokerState broker, java.util.function.Consumer<BrokerRegistrationChangeRecord> what) {
        BrokerRegistrationChangeRecord record =
                new BrokerRegistrationChangeRecord().setBrokerId(broker.id()).setBrokerEpoch(broker.epoch());
        what.accept(record);
        return new VersionedRecord(record, context.versions().brokerRegistrationChange());
    }
}
