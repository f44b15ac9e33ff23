package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.*;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;

/** Random but legal records of a metadata log, of every type, from a seed. */
final class RecordStream {
    private final Random random;
    private final MetadataVersion version;
    private final Map<Uuid, Integer> partitions = new LinkedHashMap<>();
    private final Map<Uuid, String> names = new HashMap<>();
    private final Map<String, Integer> replicaCounts = new HashMap<>();
    private final Map<Integer, Long> brokerEpochs = new LinkedHashMap<>();
    private final List<Uuid> acls = new ArrayList<>();
    private final List<VersionedRecord> out = new ArrayList<>();

    private RecordStream(long seed, MetadataVersion version) {
        this.random = new Random(seed);
        this.version = version;
    }

    static List<VersionedRecord> of(long seed, MetadataVersion version, int count) {
        RecordStream stream = new RecordStream(seed, version);
        stream.emit(
                new FeatureLevelRecord().setName(MetadataVersion.FEATURE_NAME).setFeatureLevel(version.level()), 0);
        if (version.isElrSupported()) {
            stream.emit(
                    new FeatureLevelRecord()
                            .setName("eligible.leader.replicas.version")
                            .setFeatureLevel((short) 1),
                    0);
        }
        while (stream.out.size() < count) {
            stream.step();
        }
        return stream.out;
    }

    private void step() {
        switch (random.nextInt(24)) {
            case 0, 1 -> topic();
            case 2 -> removeTopic();
            case 3, 4, 5, 6, 7 -> partitionChange();
            case 8, 9 -> registerBroker();
            case 10 -> fenceOrUnfence();
            case 11 -> brokerChange();
            case 12 -> unregisterBroker();
            case 13, 14 -> config();
            case 15 -> quota();
            case 16 -> acl();
            case 17 -> scram();
            case 18 -> token();
            case 19 -> controller();
            case 20 ->
                emit(
                        new ProducerIdsRecord()
                                .setBrokerId(1)
                                .setBrokerEpoch(2)
                                .setNextProducerId(random.nextInt(1_000_000)),
                        0);
            case 21 -> clearElr();
            case 22 ->
                emit(
                        random.nextBoolean()
                                ? new NoOpRecord()
                                : new ZkMigrationStateRecord().setZkMigrationState((byte) 3),
                        0);
            default -> feature();
        }
    }

    private void topic() {
        String name = "topic-" + random.nextInt(12);
        if (names.containsValue(name)) {
            return;
        }
        Uuid id = uuid();
        names.put(id, name);
        emit(new TopicRecord().setName(name).setTopicId(id), 0);
        int count = 1 + random.nextInt(4) * (random.nextInt(10) == 0 ? 60 : 1);
        partitions.put(id, count);
        for (int p = 0; p < count; p++) {
            List<Integer> replicas = replicas();
            replicaCounts.put(id + "-" + p, replicas.size());
            PartitionRecord record = new PartitionRecord()
                    .setTopicId(id)
                    .setPartitionId(p)
                    .setReplicas(replicas)
                    .setIsr(random.nextBoolean() ? replicas : replicas.subList(0, 1))
                    .setLeader(replicas.get(0))
                    .setLeaderEpoch(0)
                    .setPartitionEpoch(0);
            if (version.isDirectoryAssignmentSupported() && random.nextInt(4) > 0) {
                record.setDirectories(directories(replicas.size()));
            }
            emit(record, version.partitionRecordVersion());
        }
    }

    private void partitionChange() {
        if (partitions.isEmpty()) {
            return;
        }
        Uuid id = any(new ArrayList<>(partitions.keySet()));
        int p = random.nextInt(partitions.get(id));
        PartitionChangeRecord record =
                new PartitionChangeRecord().setTopicId(id).setPartitionId(p);
        if (random.nextBoolean()) {
            record.setIsr(replicas());
        }
        if (random.nextBoolean()) {
            record.setLeader(random.nextInt(5) - 1);
        }
        if (version.isElrSupported() && random.nextInt(3) == 0) {
            record.setEligibleLeaderReplicas(random.nextBoolean() ? List.of() : replicas());
            record.setLastKnownElr(random.nextBoolean() ? List.of() : List.of(2));
        }
        if (random.nextInt(4) == 0) {
            record.setLeaderRecoveryState((byte) random.nextInt(2));
        }
        reassign(record, id + "-" + p);
        emit(record, version.partitionChangeRecordVersion());
    }

    private void reassign(PartitionChangeRecord record, String partition) {
        boolean directories = version.isDirectoryAssignmentSupported();
        if (random.nextInt(4) == 0) {
            List<Integer> replicas = replicas();
            record.setReplicas(replicas);
            record.setAddingReplicas(random.nextBoolean() ? List.of() : List.of(3));
            record.setRemovingReplicas(random.nextBoolean() ? List.of() : List.of(1));
            replicaCounts.put(partition, replicas.size());
            if (directories) {
                record.setDirectories(directories(replicas.size()));
            }
        } else if (directories && random.nextInt(4) == 0) {
            record.setDirectories(directories(replicaCounts.get(partition)));
        }
    }

    private void removeTopic() {
        if (partitions.size() > 3) {
            Uuid id = any(new ArrayList<>(partitions.keySet()));
            partitions.remove(id);
            names.remove(id);
            emit(new RemoveTopicRecord().setTopicId(id), 0);
        }
    }

    private void clearElr() {
        if (version.isElrSupported()) {
            String name = names.isEmpty() || random.nextBoolean() ? "" : any(new ArrayList<>(names.values()));
            emit(new ClearElrRecord().setTopicName(name), 0);
        }
    }

    private void registerBroker() {
        int id = random.nextInt(5);
        long epoch = random.nextInt(1000);
        brokerEpochs.put(id, epoch);
        RegisterBrokerRecord record = new RegisterBrokerRecord()
                .setBrokerId(id)
                .setBrokerEpoch(epoch)
                .setIncarnationId(uuid())
                .setRack(random.nextBoolean() ? null : "rack-" + id)
                .setFenced(random.nextBoolean());
        record.endPoints()
                .add(new RegisterBrokerRecord.BrokerEndpoint()
                        .setName("PLAINTEXT")
                        .setHost("host" + id)
                        .setPort(9092)
                        .setSecurityProtocol((short) 0));
        record.features()
                .add(new RegisterBrokerRecord.BrokerFeature()
                        .setName("metadata.version")
                        .setMinSupportedVersion((short) 7)
                        .setMaxSupportedVersion((short) 30));
        if (version.isDirectoryAssignmentSupported()) {
            record.setLogDirs(List.of(uuid(), uuid()));
        }
        if (version.isCordonedLogDirsSupported() && random.nextBoolean()) {
            record.setCordonedLogDirs(List.of(record.logDirs().get(0)));
        }
        emit(record, version.registerBrokerRecordVersion());
    }

    private void fenceOrUnfence() {
        if (!brokerEpochs.isEmpty()) {
            int id = any(new ArrayList<>(brokerEpochs.keySet()));
            emit(
                    random.nextBoolean()
                            ? new FenceBrokerRecord().setId(id).setEpoch(brokerEpochs.get(id))
                            : new UnfenceBrokerRecord().setId(id).setEpoch(brokerEpochs.get(id)),
                    0);
        }
    }

    private void brokerChange() {
        if (brokerEpochs.isEmpty()) {
            return;
        }
        int id = any(new ArrayList<>(brokerEpochs.keySet()));
        BrokerRegistrationChangeRecord record = new BrokerRegistrationChangeRecord()
                .setBrokerId(id)
                .setBrokerEpoch(brokerEpochs.get(id))
                .setFenced((byte) (random.nextInt(3) - 1))
                .setInControlledShutdown((byte) random.nextInt(2));
        if (version.isDirectoryAssignmentSupported() && random.nextBoolean()) {
            record.setLogDirs(List.of(uuid()));
        }
        if (version.isCordonedLogDirsSupported() && random.nextBoolean()) {
            record.setCordonedLogDirs(List.of());
        }
        emit(record, version.brokerRegistrationChangeRecordVersion());
    }

    private void unregisterBroker() {
        if (brokerEpochs.size() > 2) {
            int id = any(new ArrayList<>(brokerEpochs.keySet()));
            emit(new UnregisterBrokerRecord().setBrokerId(id).setBrokerEpoch(brokerEpochs.remove(id)), 0);
        }
    }

    private void config() {
        boolean topic = random.nextBoolean() && !names.isEmpty();
        emit(
                new ConfigRecord()
                        .setResourceType((byte) (topic ? 2 : 4))
                        .setResourceName(topic ? any(new ArrayList<>(names.values())) : random.nextBoolean() ? "" : "1")
                        .setName("key-" + random.nextInt(4))
                        .setValue(random.nextInt(3) == 0 ? null : "value-" + random.nextInt(100)),
                0);
    }

    private void quota() {
        ClientQuotaRecord record = new ClientQuotaRecord()
                .setKey(random.nextBoolean() ? "producer_byte_rate" : "consumer_byte_rate")
                .setValue(random.nextInt(1000))
                .setRemove(random.nextInt(3) == 0);
        record.entity()
                .add(new ClientQuotaRecord.EntityData()
                        .setEntityType("user")
                        .setEntityName(random.nextBoolean() ? null : "u"));
        if (random.nextBoolean()) {
            record.entity()
                    .add(new ClientQuotaRecord.EntityData()
                            .setEntityType("client-id")
                            .setEntityName("c"));
        }
        emit(record, 0);
    }

    private void acl() {
        if (acls.size() > 2 && random.nextBoolean()) {
            emit(new RemoveAccessControlEntryRecord().setId(acls.remove(0)), 0);
            return;
        }
        Uuid id = uuid();
        acls.add(id);
        emit(
                new AccessControlEntryRecord()
                        .setId(id)
                        .setResourceType((byte) 2)
                        .setResourceName("t" + random.nextInt(5))
                        .setPatternType((byte) 3)
                        .setPrincipal("User:a")
                        .setHost("*")
                        .setOperation((byte) 3)
                        .setPermissionType((byte) 3),
                0);
    }

    private void scram() {
        if (!version.isScramSupported()) {
            return;
        }
        byte mechanism = (byte) (1 + random.nextInt(2));
        String user = "user-" + random.nextInt(3);
        emit(
                random.nextInt(3) == 0
                        ? new RemoveUserScramCredentialRecord().setName(user).setMechanism(mechanism)
                        : new UserScramCredentialRecord()
                                .setName(user)
                                .setMechanism(mechanism)
                                .setSalt(new byte[] {1, 2})
                                .setStoredKey(new byte[] {3})
                                .setServerKey(new byte[] {4})
                                .setIterations(4096),
                0);
    }

    private void token() {
        if (!version.isDelegationTokenSupported()) {
            return;
        }
        String id = "token-" + random.nextInt(3);
        emit(
                random.nextInt(3) == 0
                        ? new RemoveDelegationTokenRecord().setTokenId(id)
                        : new DelegationTokenRecord()
                                .setTokenId(id)
                                .setOwner("User:o")
                                .setRequester("User:r")
                                .setRenewers(List.of("User:x"))
                                .setIssueTimestamp(1)
                                .setMaxTimestamp(3)
                                .setExpirationTimestamp(2),
                0);
    }

    private void controller() {
        if (!version.isControllerRegistrationSupported()) {
            return;
        }
        RegisterControllerRecord record = new RegisterControllerRecord()
                .setControllerId(3000 + random.nextInt(3))
                .setIncarnationId(uuid())
                .setZkMigrationReady(false);
        record.endPoints()
                .add(new RegisterControllerRecord.ControllerEndpoint()
                        .setName("CONTROLLER")
                        .setHost("c")
                        .setPort(9093)
                        .setSecurityProtocol((short) 0));
        record.features()
                .add(new RegisterControllerRecord.ControllerFeature()
                        .setName("kraft.version")
                        .setMinSupportedVersion((short) 0)
                        .setMaxSupportedVersion((short) 1));
        emit(record, version.registerControllerRecordVersion());
    }

    private void feature() {
        emit(new FeatureLevelRecord().setName("group.version").setFeatureLevel((short) random.nextInt(2)), 0);
    }

    private List<Integer> replicas() {
        List<Integer> all = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        java.util.Collections.shuffle(all, random);
        return List.copyOf(all.subList(0, 1 + random.nextInt(3)));
    }

    private List<Uuid> directories(int count) {
        List<Uuid> ids = new ArrayList<>();
        Uuid all =
                random.nextBoolean() ? DirectoryIds.UNASSIGNED : random.nextBoolean() ? DirectoryIds.MIGRATING : null;
        for (int i = 0; i < count; i++) {
            ids.add(all == null ? uuid() : all);
        }
        return ids;
    }

    private Uuid uuid() {
        return new Uuid(random.nextLong() | 1L, random.nextLong());
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void emit(ApiMessage message, int recordVersion) {
        out.add(new VersionedRecord(message, recordVersion));
    }
}
