package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DuplicateBrokerRegistrationException;
import org.apache.kafka.common.errors.InconsistentClusterIdException;
import org.apache.kafka.common.errors.InvalidRegistrationException;
import org.apache.kafka.common.errors.StaleBrokerEpochException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class BrokerControlTest {

    @Test
    void a_registration_fences_and_its_epoch_is_the_offset_of_its_record() {
        Cluster cluster = new Cluster(1, 30, false);
        long epoch = cluster.register(Cluster.registration(0, new Uuid(1, 1)));

        assertThat(epoch).isEqualTo(cluster.log.size() - 1);
        assertThat(cluster.log.get((int) epoch).message()).isInstanceOf(RegisterBrokerRecord.class);
        assertThat(cluster.log.get((int) epoch).version()).isEqualTo((short) 4);
        assertThat(cluster.broker(0).fenced()).isTrue();
        assertThat(cluster.kafkasImage().cluster().broker(0).epoch()).isEqualTo(epoch);
    }

    @Test
    void a_broker_is_unfenced_once_it_has_replayed_its_own_registration() {
        Cluster cluster = new Cluster(1, 30, false);
        long epoch = cluster.register(Cluster.registration(0, new Uuid(1, 1)));
        BrokerHeartbeatRequestData beat = new BrokerHeartbeatRequestData()
                .setBrokerId(0)
                .setBrokerEpoch(epoch)
                .setWantFence(false);

        BrokerHeartbeatResponseData behind = cluster.heartbeat(beat.setCurrentMetadataOffset(epoch - 1));
        assertThat(behind.isFenced()).isTrue();
        assertThat(behind.isCaughtUp()).isFalse();

        BrokerHeartbeatResponseData there = cluster.heartbeat(beat.setCurrentMetadataOffset(epoch));
        assertThat(there.isFenced()).isFalse();
        assertThat(there.isCaughtUp()).isTrue();
        assertThat(cluster.kafkasImage().cluster().broker(0).fenced()).isFalse();
    }

    @Test
    void refused_registrations_say_why_in_kafkas_words() {
        Cluster cluster = Cluster.withBrokers(1, true);

        assertThatThrownBy(() ->
                        cluster.register(Cluster.registration(1, new Uuid(2, 2)).setClusterId("other")))
                .isInstanceOf(InconsistentClusterIdException.class)
                .hasMessage("Expected cluster ID " + Cluster.ID + ", but got cluster ID other");
        assertThatThrownBy(() -> cluster.register(Cluster.registration(0, new Uuid(9, 9))))
                .isInstanceOf(DuplicateBrokerRegistrationException.class);
        assertThatThrownBy(() ->
                        cluster.register(Cluster.registration(1, new Uuid(2, 2)).setLogDirs(List.of())))
                .isInstanceOf(InvalidRegistrationException.class)
                .hasMessage("No directories specified in request");
        assertThatThrownBy(() -> cluster.register(
                        Cluster.registration(1, new Uuid(2, 2)).setLogDirs(List.of(Cluster.directory(0)))))
                .isInstanceOf(InvalidRegistrationException.class)
                .hasMessage("Broker 0 is already registered with directory " + Cluster.directory(0));
        var withoutElr = Cluster.registration(1, new Uuid(2, 2));
        withoutElr.features().remove(withoutElr.features().find(Features.ELR_VERSION));
        assertThatThrownBy(() -> cluster.register(withoutElr))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessage("Unable to register because the broker does not support finalized version 1 of"
                        + " eligible.leader.replicas.version. The broker wants a version between 0 and 0, inclusive.");
    }

    @Test
    void another_incarnation_may_register_when_the_session_is_over_or_the_connection_was_lost() {
        Cluster cluster = Cluster.withBrokers(1);
        cluster.nowMs += 8_999;
        assertThatThrownBy(() -> cluster.register(Cluster.registration(0, new Uuid(9, 9))))
                .isInstanceOf(DuplicateBrokerRegistrationException.class);
        cluster.sessions.suspect(0, cluster.epochOf(0));
        long epoch = cluster.register(Cluster.registration(0, new Uuid(9, 9)));
        cluster.nowMs += 9_000;
        assertThat(cluster.register(Cluster.registration(0, new Uuid(10, 10)))).isGreaterThan(epoch);
    }

    @Test
    void registering_the_same_incarnation_again_keeps_its_epoch_and_standing() {
        Cluster cluster = new Cluster(1, 30, false);
        var request = Cluster.registration(0, new Uuid(1, 1));
        long epoch = cluster.register(request);
        cluster.heartbeat(0, false, false);

        assertThat(cluster.register(request)).isEqualTo(epoch);
        assertThat(cluster.broker(0).fenced()).isFalse();
    }

    @Test
    void a_silent_broker_is_fenced_after_its_session_and_a_disconnected_one_after_the_grace() {
        Cluster cluster = Cluster.withBrokers(2);
        cluster.createOn("t", List.of(0, 1));
        HeartbeatControl control = new HeartbeatControl(cluster.context);
        cluster.sessions.suspect(0, cluster.epochOf(0));
        cluster.sessions.gone(0, cluster.epochOf(0), cluster.nowMs);

        cluster.nowMs += 199;
        assertThat(cluster.sessions.expired(cluster.state.brokers(), cluster.nowMs))
                .isEmpty();
        cluster.nowMs += 1;
        cluster.commit(control.fenceExpired(cluster.sessions, cluster.nowMs));
        assertThat(cluster.broker(0).fenced()).isTrue();
        assertThat(cluster.partition("t").leader()).isEqualTo(1);
        assertThat(cluster.partition("t").isr()).containsExactly(1);

        cluster.nowMs += 8_800;
        cluster.commit(control.fenceExpired(cluster.sessions, cluster.nowMs));
        assertThat(cluster.broker(1).fenced()).isTrue();
        assertThat(cluster.partition("t").leader()).isEqualTo(-1);
        cluster.checkInvariants();
    }

    @Test
    void a_heartbeat_after_a_lost_connection_clears_the_suspicion() {
        Cluster cluster = Cluster.withBrokers(1);
        cluster.sessions.suspect(0, cluster.epochOf(0));
        cluster.sessions.gone(0, cluster.epochOf(0), cluster.nowMs);
        cluster.heartbeat(0, false, false);
        cluster.nowMs += 1_000;
        assertThat(cluster.sessions.expired(cluster.state.brokers(), cluster.nowMs))
                .isEmpty();
    }

    @Test
    void controlled_shutdown_hands_over_leaderships_and_waits_for_the_others_to_know() {
        Cluster cluster = Cluster.withBrokers(2);
        cluster.createOn("t", List.of(0, 1));

        assertThat(cluster.heartbeat(0, false, true).shouldShutDown()).isFalse();
        assertThat(cluster.partition("t").leader()).isEqualTo(1);
        assertThat(cluster.broker(0).inControlledShutdown()).isTrue();
        assertThat(cluster.heartbeat(0, false, true).shouldShutDown()).isFalse();
        cluster.heartbeat(1, false, false);
        assertThat(cluster.heartbeat(0, false, true).shouldShutDown()).isTrue();
        assertThat(cluster.broker(0).fenced()).isTrue();
        cluster.startBroker(0);
        assertThat(cluster.broker(0).active()).isTrue();
        cluster.checkInvariants();
    }

    @Test
    void the_only_broker_restarts_cleanly_and_leads_again_at_once() {
        for (boolean elr : new boolean[] {false, true}) {
            Cluster cluster = Cluster.withBrokers(1, elr);
            cluster.create("t", 3, 1);
            assertThat(cluster.heartbeat(0, false, true).shouldShutDown()).isFalse();
            assertThat(cluster.heartbeat(0, false, true).shouldShutDown()).isTrue();

            long before = cluster.epochOf(0);
            cluster.register(Cluster.registration(0, new Uuid(5, 5)).setPreviousBrokerEpoch(before));
            cluster.heartbeat(0, false, false);

            assertThat(cluster.partition("t").leader()).isZero();
            assertThat(cluster.partition("t").isr()).containsExactly(0);
            assertThat(cluster.partition("t").recovering()).isFalse();
            cluster.checkInvariants();
        }
    }

    @Test
    void the_only_broker_was_killed_and_leads_again_after_its_return() {
        for (boolean elr : new boolean[] {false, true}) {
            Cluster cluster = Cluster.withBrokers(1, elr);
            cluster.create("t", 3, 1);
            cluster.nowMs += 10_000;

            cluster.register(Cluster.registration(0, new Uuid(5, 5)));
            assertThat(cluster.partition("t").leader()).isEqualTo(-1);
            cluster.heartbeat(0, false, false);

            assertThat(cluster.partition("t").leader()).isZero();
            assertThat(cluster.partition("t").isr()).containsExactly(0);
            assertThat(cluster.partition("t").recovering()).isEqualTo(elr);
            cluster.checkInvariants();
        }
    }

    @Test
    void an_unclean_return_loses_the_place_in_isr_and_elr_a_clean_one_keeps_eligibility() {
        Cluster cluster = Cluster.withBrokers(2, true);
        cluster.createOn("t", List.of(0, 1));
        cluster.commit(List.of(minIsr(2)));
        cluster.fence(0);
        assertThat(cluster.partition("t").elr()).containsExactly(0);

        cluster.nowMs += 10_000;
        cluster.register(Cluster.registration(0, new Uuid(5, 5)));
        assertThat(cluster.partition("t").elr()).isEmpty();
        assertThat(cluster.partition("t").leader()).isEqualTo(1);
        cluster.checkInvariants();
    }

    private static io.milena.records.VersionedRecord minIsr(int value) {
        return new io.milena.records.VersionedRecord(
                new io.milena.records.metadata.ConfigRecord()
                        .setResourceType((byte) 4)
                        .setResourceName("")
                        .setName("min.insync.replicas")
                        .setValue("" + value),
                0);
    }

    @Test
    void replicas_in_a_lost_directory_leave_their_isrs_and_the_broker_stays() {
        Cluster cluster = new Cluster(1, 30, false);
        Uuid first = new Uuid(50, 500);
        Uuid second = new Uuid(50, 501);
        cluster.register(Cluster.registration(0, new Uuid(1, 1)).setLogDirs(List.of(first, second)));
        cluster.heartbeat(0, false, false);
        cluster.startBroker(1);
        Uuid topic = cluster.createOn("t", List.of(0, 1)).id();
        assertThat(cluster.partition("t").directories()).containsExactly(Directories.UNASSIGNED, Cluster.directory(1));

        var assign = new org.apache.kafka.common.message.AssignReplicasToDirsRequestData()
                .setBrokerId(0)
                .setBrokerEpoch(cluster.epochOf(0))
                .setDirectories(List.of(
                        new org.apache.kafka.common.message.AssignReplicasToDirsRequestData.DirectoryData()
                                .setId(second)
                                .setTopics(List.of(
                                        new org.apache.kafka.common.message.AssignReplicasToDirsRequestData.TopicData()
                                                .setTopicId(topic)
                                                .setPartitions(List.of(new org.apache.kafka.common.message
                                                                .AssignReplicasToDirsRequestData.PartitionData()
                                                        .setPartitionIndex(0)))))));
        cluster.commit(new AssignDirectories(cluster.context).decide(assign));
        assertThat(cluster.partition("t").directories()[0]).isEqualTo(second);

        cluster.heartbeat(new BrokerHeartbeatRequestData()
                .setBrokerId(0)
                .setBrokerEpoch(cluster.epochOf(0))
                .setCurrentMetadataOffset(cluster.log.size())
                .setWantFence(false)
                .setOfflineLogDirs(List.of(second)));
        assertThat(cluster.broker(0).directories()).containsExactly(first);
        assertThat(cluster.broker(0).fenced()).isFalse();
        assertThat(cluster.partition("t").leader()).isEqualTo(1);
        assertThat(cluster.partition("t").isr()).containsExactly(1);
        cluster.checkInvariants();
    }

    @Test
    void isr_changes_are_checked_against_epochs_members_and_liveness() {
        Cluster cluster = Cluster.withBrokers(3);
        cluster.createOn("t", List.of(0, 1, 2));
        PartitionState seen = cluster.partition("t");

        assertThat(error(cluster, 1, seen, List.of(1))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(cluster, 0, seen, List.of(1))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(cluster, 0, seen, List.of(0, 9))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(cluster, 0, seen, List.of(0, 1))).isEqualTo(Errors.NONE);
        assertThat(cluster.partition("t").isr()).containsExactly(0, 1);
        assertThat(error(cluster, 0, seen, List.of(0))).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        cluster.fence(2);
        assertThat(error(cluster, 0, cluster.partition("t"), List.of(0, 1, 2))).isEqualTo(Errors.INELIGIBLE_REPLICA);
        cluster.fence(0);
        assertThat(cluster.partition("t").leader()).isEqualTo(1);
        assertThat(error(cluster, 1, seen, List.of(1))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        PartitionState future = cluster.partition("t").after(new PartitionChangeRecord());
        assertThat(error(cluster, 1, future, List.of(1))).isEqualTo(Errors.NOT_CONTROLLER);
        cluster.checkInvariants();
    }

    private static Errors error(Cluster cluster, int sender, PartitionState seen, List<Integer> isr) {
        return Errors.forCode(cluster.alterIsr("t", sender, seen, isr).errorCode());
    }

    @Test
    void an_earlier_registration_can_do_nothing_any_more() {
        Cluster cluster = Cluster.withBrokers(1);
        assertThatThrownBy(() -> cluster.heartbeat(
                        new BrokerHeartbeatRequestData().setBrokerId(0).setBrokerEpoch(-5)))
                .isInstanceOf(StaleBrokerEpochException.class);
        assertThatThrownBy(() -> cluster.heartbeat(
                        new BrokerHeartbeatRequestData().setBrokerId(8).setBrokerEpoch(1)))
                .isInstanceOf(StaleBrokerEpochException.class);
    }

    @Test
    void an_unregistered_broker_is_forgotten_and_leads_nothing() {
        Cluster cluster = Cluster.withBrokers(2);
        cluster.createOn("t", List.of(0, 1));
        cluster.commit(
                new ClusterControl(cluster.context).unregister(new UnregisterBrokerRequestData().setBrokerId(0)));
        assertThat(cluster.state.brokers().get(0)).isNull();
        assertThat(cluster.partition("t").leader()).isEqualTo(1);
        cluster.checkInvariants();
    }

    @Test
    void leadership_returns_to_the_preferred_replica_when_it_is_in_sync_again() {
        Cluster cluster = Cluster.withBrokers(2);
        cluster.createOn("t", List.of(0, 1));
        cluster.fence(0);
        cluster.heartbeat(0, false, false);
        assertThat(cluster.partition("t").leader()).isEqualTo(1);
        assertThat(cluster.commit(new LeaderElections(cluster.context).balance()))
                .isZero();
        cluster.alterIsr("t", List.of(1, 0));
        assertThat(cluster.commit(new LeaderElections(cluster.context).balance()))
                .isEqualTo(1);
        assertThat(cluster.partition("t").leader()).isZero();
        cluster.checkInvariants();
    }

    @Test
    void records_are_written_at_the_finalized_version() {
        Cluster cluster = new Cluster(1, 7, false);
        cluster.register(Cluster.registration(0, new Uuid(1, 1)).setLogDirs(List.of()));
        cluster.heartbeat(0, false, false);
        cluster.createOn("t", List.of(0));
        cluster.fence(0);

        assertThat(cluster.log).allSatisfy(record -> {
            if (record.message() instanceof RegisterBrokerRecord
                    || record.message() instanceof BrokerRegistrationChangeRecord) {
                assertThat(record.version()).isEqualTo((short) 1);
            } else {
                assertThat(record.version()).isZero();
            }
        });
        cluster.checkInvariants();
    }
}
