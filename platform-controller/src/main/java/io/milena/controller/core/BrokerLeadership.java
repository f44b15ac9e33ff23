package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.UnregisterBrokerRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * What a broker's coming and going does to the partitions it hosts: ISRs shrink, leaders move, eligible leader replicas are
 * kept (KIP-966).
 *
 * <p>The records may be cut into several batches, and the later ones lost with their controller. So partitions leave a broker before
 * its registration says that it is fenced, shutting down or without a directory: the next controller then finds a broker that it has to
 * fence still, never a fenced leader.
 */
final class BrokerLeadership {
    private final ControlContext context;
    private final Map<String, PartitionRules> rulesByTopic = new HashMap<>();

    BrokerLeadership(ControlContext context) {
        this.context = context;
    }

    /**
     * Turns a registered broker into what it is to be, with every partition that this concerns.
     *
     * @param lost directories of the broker that went offline
     */
    RecordSequence become(BrokerState before, BrokerState after, Set<Uuid> lost) {
        RecordSequence records = new RecordSequence();
        records.forEach(leftBy(before, after, lost), (topic, number) -> leave(after.id(), false, topic, number));
        registration(before, after).ifPresent(records::add);
        if (!before.active() && after.active()) {
            records.forEach(
                    context.state().topics().leaderless(), (topic, number) -> arrive(after, lost, topic, number));
        }
        return records;
    }

    RecordSequence fence(BrokerState broker) {
        return become(broker, broker.withFenced(true), Set.of());
    }

    /** The partitions that a broker in controlled shutdown still leads: a controller that failed may have moved only some of them. */
    RecordSequence handOver(BrokerState leaving) {
        return new RecordSequence()
                .forEach(
                        context.state().topics().on(leaving.id()),
                        (topic, number) -> leave(leaving.id(), false, topic, number));
    }

    /** A broker comes back as a new incarnation; after an unclean end it may lack what it had acknowledged. */
    RecordSequence handleReturn(int broker, boolean clean) {
        boolean unclean = !clean && context.versions().elr();
        return new RecordSequence()
                .forEach(context.state().topics().on(broker), (topic, number) -> leave(broker, unclean, topic, number));
    }

    /** The operator removed a broker for good. */
    RecordSequence unregister(BrokerState broker) {
        return new RecordSequence()
                .forEach(
                        context.state().topics().on(broker.id()),
                        (topic, number) -> leave(broker.id(), false, topic, number))
                .add(new VersionedRecord(
                        new UnregisterBrokerRecord().setBrokerId(broker.id()).setBrokerEpoch(broker.epoch()), 0));
    }

    private PartitionSet leftBy(BrokerState before, BrokerState after, Set<Uuid> lost) {
        PartitionSet hosted = context.state().topics().on(after.id());
        if (!before.fenced() && after.fenced() || before.active() && !after.active()) {
            return hosted;
        }
        PartitionSet affected = new PartitionSet();
        if (!lost.isEmpty()) {
            hosted.forEach((topic, partition) -> {
                if (lost.contains(topic.existing(partition).directoryOf(after.id()))) {
                    affected.add(topic, partition);
                }
            });
        }
        return affected;
    }

    /** @param unclean it had come back with an incomplete log: it leaves the eligible replicas too */
    private Optional<VersionedRecord> leave(int broker, boolean unclean, TopicState topic, int number) {
        PartitionState partition = topic.existing(number);
        if (!touches(partition, broker)) {
            return Optional.empty();
        }
        PartitionChange change = context.change(
                        topic, number, rules(topic), id -> id != broker && context.mayLead(partition, id))
                .isr(Ids.without(Ids.list(partition.isr()), broker));
        if (unclean) {
            change.uncleanlyShutDown(broker);
        }
        return change.build();
    }

    /** A partition without a leader may get this one, which is about to be active. */
    private Optional<VersionedRecord> arrive(BrokerState broker, Set<Uuid> lost, TopicState topic, int number) {
        PartitionState partition = topic.existing(number);
        Uuid own = partition.directoryOf(broker.id());
        boolean reachable = broker.hasOnline(own) && !lost.contains(own);
        return context.change(
                        topic,
                        number,
                        rules(topic),
                        id -> id == broker.id() ? reachable : context.mayLead(partition, id))
                .build();
    }

    private PartitionRules rules(TopicState topic) {
        return rulesByTopic.computeIfAbsent(topic.name(), context::partitionRules);
    }

    private static boolean touches(PartitionState partition, int broker) {
        return partition.leader() == broker
                || Ids.contains(partition.isr(), broker)
                || Ids.contains(partition.elr(), broker);
    }

    private Optional<VersionedRecord> registration(BrokerState before, BrokerState after) {
        if (before.equals(after)) {
            return Optional.empty();
        }
        BrokerRegistrationChangeRecord record =
                new BrokerRegistrationChangeRecord().setBrokerId(after.id()).setBrokerEpoch(after.epoch());
        if (before.fenced() != after.fenced()) {
            record.setFenced((byte) (after.fenced() ? 1 : -1));
        }
        if (!before.inControlledShutdown() && after.inControlledShutdown()) {
            record.setInControlledShutdown((byte) 1);
        }
        if (!before.directories().equals(after.directories())) {
            record.setLogDirs(after.directories());
        }
        if (!before.cordonedDirectories().equals(after.cordonedDirectories())) {
            record.setCordonedLogDirs(List.copyOf(after.cordonedDirectories()));
        }
        return Optional.of(new VersionedRecord(record, context.versions().brokerRegistrationChange()));
    }
}
