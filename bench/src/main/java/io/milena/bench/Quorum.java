package io.milena.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * What brokers would ask a quorum of controllers, asked by this process, so that metadata can be large without anybody hosting
 * the partitions ({@link PaperBroker}). Not thread-safe.
 */
final class Quorum {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(180);
    private static final long POLL_MS = 2;

    private final Cluster cluster;

    Quorum(Cluster cluster) {
        this.cluster = cluster;
    }

    /** What is asked of one controller; null means that another, or later, is to be asked. */
    private interface Question<T> {
        @org.jspecify.annotations.Nullable
        T ask(ControllerConnection controller) throws IOException;
    }

    /** Asks all living controllers in turn until one has the answer. */
    private <T> T askUntilAnswered(String what, Question<T> question) throws IOException, InterruptedException {
        return askUntilAnswered(cluster.controllerIds(), what, question);
    }

    private <T> T askUntilAnswered(List<Integer> controllers, String what, Question<T> question)
            throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        IOException last = null;
        while (System.nanoTime() - startNs < PATIENCE_NS) {
            for (int id : controllers) {
                if (!cluster.controller(id).isAlive()) {
                    continue;
                }
                try (ControllerConnection controller = new ControllerConnection(cluster.controllerPort(id))) {
                    T answer = question.ask(controller);
                    if (answer != null) {
                        return answer;
                    }
                } catch (IOException notYet) {
                    last = notYet;
                }
            }
            Thread.sleep(POLL_MS);
        }
        throw new IOException("No controller would " + what, last);
    }

    /** Id of the active controller. */
    int leader() throws IOException, InterruptedException {
        return askUntilAnswered("tell the leader", controller -> {
            int leader = partition(controller).leaderId();
            return leader < 0 ? null : leader;
        });
    }

    /** Waits until all voters have the leader's whole log. */
    void awaitAllCaughtUp() throws IOException, InterruptedException {
        askUntilAnswered("be caught up with", controller -> {
            DescribeQuorumResponseData.PartitionData partition = partition(controller);
            long end = partition.currentVoters().stream()
                    .filter(voter -> voter.replicaId() == partition.leaderId())
                    .mapToLong(DescribeQuorumResponseData.ReplicaState::logEndOffset)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
            boolean all =
                    partition.currentVoters().size() == cluster.controllerIds().size()
                            && partition.currentVoters().stream().allMatch(voter -> voter.logEndOffset() >= end);
            return all ? Boolean.TRUE : null;
        });
    }

    /** Waits until one controller has loaded the metadata and so knows the topic. */
    void awaitTopic(int controller, String topic) throws IOException, InterruptedException {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName(topic)
                        .setConfigurationKeys(List.of("retention.ms"))));
        askUntilAnswered(List.of(controller), "describe " + topic, connection -> {
            DescribeConfigsResponseData answer =
                    connection.call(ApiKeys.DESCRIBE_CONFIGS, request, DescribeConfigsResponseData.class);
            return answer.results().get(0).errorCode() == 0 ? Boolean.TRUE : null;
        });
    }

    private static DescribeQuorumResponseData.PartitionData partition(ControllerConnection controller)
            throws IOException {
        DescribeQuorumRequestData request = new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()))));
        DescribeQuorumResponseData answer =
                controller.call(ApiKeys.DESCRIBE_QUORUM, request, DescribeQuorumResponseData.class);
        if (answer.topics().isEmpty()) {
            throw new IOException(Errors.forCode(answer.errorCode()).message());
        }
        DescribeQuorumResponseData.PartitionData partition =
                answer.topics().get(0).partitions().get(0);
        if (partition.errorCode() != 0) {
            throw new IOException(Errors.forCode(partition.errorCode()).message());
        }
        return partition;
    }

    /** Registers a broker and has it unfenced. */
    void register(PaperBroker broker) throws IOException, InterruptedException {
        int id = broker.id();
        askUntilAnswered("register broker " + id, controller -> {
            BrokerRegistrationResponseData registered = controller.call(
                    ApiKeys.BROKER_REGISTRATION,
                    broker.registration(versions(controller)),
                    BrokerRegistrationResponseData.class);
            if (refused("register broker " + id, registered.errorCode())) {
                return null;
            }
            BrokerHeartbeatResponseData beaten = controller.call(
                    ApiKeys.BROKER_HEARTBEAT,
                    new BrokerHeartbeatRequestData()
                            .setBrokerId(id)
                            .setBrokerEpoch(registered.brokerEpoch())
                            .setCurrentMetadataOffset(Long.MAX_VALUE)
                            .setWantFence(false),
                    BrokerHeartbeatResponseData.class);
            return refused("unfence broker " + id, beaten.errorCode()) || beaten.isFenced() ? null : Boolean.TRUE;
        });
    }

    private static ApiVersionsResponseData versions(ControllerConnection controller) throws IOException {
        return controller.call(
                ApiKeys.API_VERSIONS,
                new ApiVersionsRequestData().setClientSoftwareName("bench").setClientSoftwareVersion("1"),
                ApiVersionsResponseData.class);
    }

    /** Creates topics of {@code partitions} partitions each and returns when the active controller has answered. */
    void createTopics(List<String> names, int partitions, int replicationFactor)
            throws IOException, InterruptedException {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(120_000);
        names.forEach(name -> request.topics()
                .add(new CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) replicationFactor)));
        askUntilAnswered("create topics", controller -> {
            CreateTopicsResponseData answer =
                    controller.call(ApiKeys.CREATE_TOPICS, request, CreateTopicsResponseData.class);
            for (CreatableTopicResult topic : answer.topics()) {
                if (topic.errorCode() != Errors.TOPIC_ALREADY_EXISTS.code()
                        && refused("create " + topic.name(), topic.errorCode())) {
                    return null;
                }
            }
            return Boolean.TRUE;
        });
    }

    /** False if it was done, true if it is to be tried again, elsewhere or later; throws if that would not help. */
    private static boolean refused(String what, short code) {
        Errors error = Errors.forCode(code);
        if (error == Errors.NONE) {
            return false;
        }
        if (error == Errors.NOT_CONTROLLER
                || error.exception() instanceof org.apache.kafka.common.errors.RetriableException) {
            return true;
        }
        throw new IllegalStateException("The controller would not " + what + ": " + error);
    }
}
