package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.controller.Operation.Turn;
import io.milena.controller.core.AssignDirectories;
import io.milena.controller.core.ClusterControl;
import io.milena.controller.core.ConfigurationControl;
import io.milena.controller.core.FeatureControl;
import io.milena.controller.core.IsrControl;
import io.milena.controller.core.LeaderElections;
import io.milena.controller.core.PartitionGrowth;
import io.milena.controller.core.Reassignments;
import io.milena.controller.core.TopicCreation;
import io.milena.controller.describe.RefusingHandler;
import io.milena.wire.ApiHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.ControllerRegistrationRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** All APIs that a controller answers from its own state; Raft's and ApiVersions are not among them. */
public final class ControllerApis {
    private static final String NO_AUTHORIZER = "No Authorizer is configured.";

    private final Controller controller;
    private final List<ApiHandler<?>> handlers = new ArrayList<>();

    private ControllerApis(Controller controller) {
        this.controller = controller;
    }

    /** One handler for each API of the controller, for the controller listener. */
    public static List<ApiHandler<?>> of(Controller controller) {
        ControllerApis apis = new ControllerApis(controller);
        apis.addTopics();
        apis.addPartitions();
        apis.addCluster();
        apis.addSecurity();
        return List.copyOf(apis.handlers);
    }

    private void addTopics() {
        on(
                ApiKeys.CREATE_TOPICS,
                CreateTopicsRequestData::timeoutMs,
                (CreateTopicsRequestData request, Turn turn) -> new TopicCreation(turn.context()).decide(request));
        handlers.add(new DeleteTopicsHandler(controller));
        on(
                ApiKeys.CREATE_PARTITIONS,
                CreatePartitionsRequestData::timeoutMs,
                (CreatePartitionsRequestData request, Turn turn) ->
                        new PartitionGrowth(turn.context()).decide(request));
        on(
                ApiKeys.ALTER_CONFIGS,
                (AlterConfigsRequestData request, Turn turn) ->
                        new ConfigurationControl(turn.context()).alter(request));
        on(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                (IncrementalAlterConfigsRequestData request, Turn turn) ->
                        new ConfigurationControl(turn.context()).alter(request));
    }

    private void addPartitions() {
        on(
                ApiKeys.ALTER_PARTITION,
                (AlterPartitionRequestData request, Turn turn) -> new IsrControl(turn.context()).decide(request));
        on(
                ApiKeys.ELECT_LEADERS,
                ElectLeadersRequestData::timeoutMs,
                (ElectLeadersRequestData request, Turn turn) -> new LeaderElections(turn.context()).decide(request));
        on(
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                AlterPartitionReassignmentsRequestData::timeoutMs,
                (AlterPartitionReassignmentsRequestData request, Turn turn) ->
                        new Reassignments(turn.context()).alter(request));
        on(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                (ListPartitionReassignmentsRequestData request, Turn turn) ->
                        new Reassignments(turn.context()).list(request));
        on(
                ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                (AssignReplicasToDirsRequestData request, Turn turn) ->
                        new AssignDirectories(turn.context()).decide(request));
    }

    private void addCluster() {
        handlers.add(new BrokerRegistrationHandler(controller));
        handlers.add(new BrokerHeartbeatHandler(controller));
        handlers.add(new DescribeClusterHandler(controller));
        on(
                ApiKeys.UNREGISTER_BROKER,
                (UnregisterBrokerRequestData request, Turn turn) ->
                        new ClusterControl(turn.context()).unregister(request));
        on(
                ApiKeys.CONTROLLER_REGISTRATION,
                (ControllerRegistrationRequestData request, Turn turn) ->
                        new ClusterControl(turn.context()).registerController(request));
        on(
                ApiKeys.ALLOCATE_PRODUCER_IDS,
                (AllocateProducerIdsRequestData request, Turn turn) -> turn.context()
                        .state()
                        .producerIds()
                        .allocate(request, turn.context().state().brokers()));
        on(
                ApiKeys.UPDATE_FEATURES,
                (UpdateFeaturesRequestData request, Turn turn) -> new FeatureControl(turn.context()).update(request));
    }

    private void addSecurity() {
        on(
                ApiKeys.ALTER_CLIENT_QUOTAS,
                (AlterClientQuotasRequestData request, Turn turn) ->
                        turn.context().state().quotas().alter(request));
        on(
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                (AlterUserScramCredentialsRequestData request, Turn turn) ->
                        turn.context().state().scram().alter(request));
        handlers.add(new RefusingHandler<>(ApiKeys.CREATE_ACLS, new SecurityDisabledException(NO_AUTHORIZER)));
        handlers.add(new RefusingHandler<>(ApiKeys.DELETE_ACLS, new SecurityDisabledException(NO_AUTHORIZER)));
    }

    private <Q extends ApiMessage, R extends ApiMessage> void on(
            ApiKeys api, ControllerOperation.Decider<Q, R> decider) {
        handlers.add(new QueuedHandler<>(api, controller, null, decider));
    }

    private <Q extends ApiMessage, R extends ApiMessage> void on(
            ApiKeys api, ToIntFunction<Q> timeoutMs, ControllerOperation.Decider<Q, R> decider) {
        handlers.add(new QueuedHandler<>(api, controller, timeoutMs, decider));
    }
}
