package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.controller.core.AssignDirectories;
import io.milena.controller.core.ClusterControl;
import io.milena.controller.core.ConfigurationControl;
import io.milena.controller.core.FeatureControl;
import io.milena.controller.core.IsrControl;
import io.milena.controller.core.LeaderElections;
import io.milena.controller.core.PartitionGrowth;
import io.milena.controller.core.Reassignments;
import io.milena.controller.core.TopicCreation;
import io.milena.controller.core.TopicDeletion;
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
import org.apache.kafka.common.message.DeleteTopicsRequestData;
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
                CreateTopicsRequestData.class,
                ApiKeys.CREATE_TOPICS,
                CreateTopicsRequestData::timeoutMs,
                (request, turn) -> new TopicCreation(turn.context()).decide(request));
        on(
                DeleteTopicsRequestData.class,
                ApiKeys.DELETE_TOPICS,
                DeleteTopicsRequestData::timeoutMs,
                (request, turn) -> new TopicDeletion(turn.context()).decide(request));
        on(
                CreatePartitionsRequestData.class,
                ApiKeys.CREATE_PARTITIONS,
                CreatePartitionsRequestData::timeoutMs,
                (request, turn) -> new PartitionGrowth(turn.context()).decide(request));
        on(
                AlterConfigsRequestData.class,
                ApiKeys.ALTER_CONFIGS,
                each -> 0,
                (request, turn) -> new ConfigurationControl(turn.context()).alter(request));
        on(
                IncrementalAlterConfigsRequestData.class,
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                each -> 0,
                (request, turn) -> new ConfigurationControl(turn.context()).alter(request));
    }

    private void addPartitions() {
        on(
                AlterPartitionRequestData.class,
                ApiKeys.ALTER_PARTITION,
                each -> 0,
                (request, turn) -> new IsrControl(turn.context()).decide(request));
        on(
                ElectLeadersRequestData.class,
                ApiKeys.ELECT_LEADERS,
                ElectLeadersRequestData::timeoutMs,
                (request, turn) -> new LeaderElections(turn.context()).decide(request));
        on(
                AlterPartitionReassignmentsRequestData.class,
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                AlterPartitionReassignmentsRequestData::timeoutMs,
                (request, turn) -> new Reassignments(turn.context()).alter(request));
        on(
                ListPartitionReassignmentsRequestData.class,
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                ListPartitionReassignmentsRequestData::timeoutMs,
                (request, turn) -> new Reassignments(turn.context()).list(request));
        on(
                AssignReplicasToDirsRequestData.class,
                ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                each -> 0,
                (request, turn) -> new AssignDirectories(turn.context()).decide(request));
    }

    private void addCluster() {
        handlers.add(new BrokerRegistrationHandler(controller));
        handlers.add(new BrokerHeartbeatHandler(controller));
        handlers.add(new DescribeClusterHandler(controller));
        on(
                UnregisterBrokerRequestData.class,
                ApiKeys.UNREGISTER_BROKER,
                each -> 0,
                (request, turn) -> new ClusterControl(turn.context()).unregister(request));
        on(
                ControllerRegistrationRequestData.class,
                ApiKeys.CONTROLLER_REGISTRATION,
                each -> 0,
                (request, turn) -> new ClusterControl(turn.context()).registerController(request));
        on(
                AllocateProducerIdsRequestData.class,
                ApiKeys.ALLOCATE_PRODUCER_IDS,
                each -> 0,
                (request, turn) -> turn.context()
                        .state()
                        .producerIds()
                        .allocate(request, turn.context().state().brokers()));
        on(
                UpdateFeaturesRequestData.class,
                ApiKeys.UPDATE_FEATURES,
                UpdateFeaturesRequestData::timeoutMs,
                (request, turn) -> new FeatureControl(turn.context()).update(request));
    }

    private void addSecurity() {
        on(
                AlterClientQuotasRequestData.class,
                ApiKeys.ALTER_CLIENT_QUOTAS,
                each -> 0,
                (request, turn) -> turn.context().state().quotas().alter(request));
        on(
                AlterUserScramCredentialsRequestData.class,
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                each -> 0,
                (request, turn) -> turn.context().state().scram().alter(request));
        handlers.add(new RefusingHandler<>(ApiKeys.CREATE_ACLS, new SecurityDisabledException(NO_AUTHORIZER)));
        handlers.add(new RefusingHandler<>(ApiKeys.DELETE_ACLS, new SecurityDisabledException(NO_AUTHORIZER)));
        handlers.add(new RefusingHandler<>(ApiKeys.DESCRIBE_ACLS, new SecurityDisabledException(NO_AUTHORIZER)));
    }

    /** The request's class is named for the compiler's sake only: it cannot infer a lambda's parameter. */
    private <Q extends ApiMessage, R extends ApiMessage> void on(
            Class<Q> kind, ApiKeys api, ToIntFunction<Q> timeoutMs, ControllerOperation.Decider<Q, R> decider) {
        handlers.add(new QueuedHandler<>(api, controller, timeoutMs, decider));
    }
}
