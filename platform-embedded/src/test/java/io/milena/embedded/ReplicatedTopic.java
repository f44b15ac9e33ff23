package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of one partition on chosen brokers, and what tests do to it. */
final class ReplicatedTopic {
    final String name;
    private final Admin admin;
    private final String servers;

    private ReplicatedTopic(Admin admin, String servers, String name) {
        this.admin = admin;
        this.servers = servers;
        this.name = name;
    }

    /** Created, and known to the first of its brokers, which leads. */
    static ReplicatedTopic create(
            Admin admin, String servers, String name, List<Integer> replicas, Map<String, String> configs)
            throws Exception {
        admin.createTopics(List.of(new NewTopic(name, Map.of(0, replicas)).configs(configs)))
                .all()
                .get(10, TimeUnit.SECONDS);
        ReplicatedTopic topic = new ReplicatedTopic(admin, servers, name);
        topic.awaitLeader(replicas.get(0));
        return topic;
    }

    TopicPartitionInfo partition() throws Exception {
        return admin.describeTopics(List.of(name))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get(name)
                .partitions()
                .get(0);
    }

    /** Id of the leading broker, -1 if there is none. */
    int leader() throws Exception {
        Node leader = partition().leader();
        return leader == null ? -1 : leader.id();
    }

    List<Integer> isr() throws Exception {
        return partition().isr().stream().map(Node::id).sorted().toList();
    }

    List<Integer> replicas() throws Exception {
        return partition().replicas().stream().map(Node::id).toList();
    }

    void awaitLeader(int id) {
        await("leader of " + name)
                .atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .until(() -> leader() == id);
    }

    void awaitInSync(Integer... ids) {
        await("in-sync replicas of " + name)
                .atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(isr()).containsExactlyInAnyOrder(ids));
    }

    void set(String key, String value) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        admin.incrementalAlterConfigs(Map.of(
                        resource, List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    /** Sends records and waits until they are acknowledged; fails with the error the broker gave. */
    void produce(String acks, int records, int bytes, Map<String, Object> own) throws Exception {
        Map<String, Object> config = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers,
                ProducerConfig.ACKS_CONFIG,
                acks,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                false,
                ProducerConfig.RETRY_BACKOFF_MS_CONFIG,
                20));
        config.putAll(own);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                sent.add(producer.send(new ProducerRecord<>(name, new byte[bytes])));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
    }

    void produce(int records, int bytes) throws Exception {
        produce("all", records, bytes, Map.of());
    }

    /** The error of a record that no retry mends. */
    Throwable refusal(String acks, Map<String, Object> own) throws Exception {
        Map<String, Object> config = new HashMap<>(own);
        config.put(ProducerConfig.RETRIES_CONFIG, 0);
        try {
            produce(acks, 1, 10, config);
        } catch (ExecutionException e) {
            return e.getCause();
        }
        throw new AssertionError("The record was acknowledged");
    }
}
