package io.milena.broker.app;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.milena.broker.node.BrokerView;
import io.milena.broker.node.MilenaNode;
import io.milena.broker.node.RequestMeters;
import io.milena.broker.partition.TopicMeter;
import io.milena.coordinator.group.GroupSnapshot;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.springframework.beans.factory.DisposableBean;

/**
 * The metrics an operator knows from Kafka, by the names its JMX exporter gives them ({@code kafka_server_brokertopicmetrics_bytesin_total},
 * …). Meters of topics, APIs and groups come and go: a thread of its own looks for new ones every few seconds.
 */
final class NodeMetrics implements MeterBinder, DisposableBean {
    private static final long REFRESH_MS = 5_000;

    private final MilenaNode node;
    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "metrics");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<ApiKeys> apis = EnumSet.noneOf(ApiKeys.class);
    private final Map<String, Set<Meter.Id>> ofTopic = new ConcurrentHashMap<>();
    private final Map<GroupPartition, Long> lags = new ConcurrentHashMap<>();
    private final Map<GroupPartition, Meter.Id> ofGroup = new HashMap<>();

    private record GroupPartition(String group, TopicPartition partition) {}

    NodeMetrics(MilenaNode node) {
        this.node = node;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "kafka.controller.kafkacontroller.activecontrollercount", MilenaNode::activeControllerCount);
        gauge(registry, "kafka.server.metadata.lag.records", MilenaNode::metadataLag);
        gauge(registry, "kafka.server.socket.connections", n -> n.requests().connections());
        FunctionCounter.builder(
                        "kafka.server.socket.refused", node, n -> n.requests().refused())
                .register(registry);
        node.broker().ifPresent(broker -> bindBroker(registry, broker));
        refresher.scheduleWithFixedDelay(() -> refresh(registry), 0, REFRESH_MS, TimeUnit.MILLISECONDS);
    }

    private void gauge(MeterRegistry registry, String name, ToDoubleFunction<MilenaNode> value) {
        Gauge.builder(name, node, value).register(registry);
    }

    private static void bindBroker(MeterRegistry registry, BrokerView broker) {
        gauge(registry, "kafka.server.replicamanager.partitioncount", broker, BrokerView::partitions);
        gauge(registry, "kafka.server.replicamanager.leadercount", broker, BrokerView::leaders);
        gauge(registry, "kafka.server.replicamanager.underreplicatedpartitions", broker, BrokerView::underReplicated);
        gauge(registry, "kafka.server.replicamanager.underminisrpartitioncount", broker, BrokerView::underMinIsr);
        gauge(registry, "kafka.server.purgatory.fetch", broker, BrokerView::parkedFetches);
        gauge(registry, "kafka.server.purgatory.produce", broker, BrokerView::waitingProduces);
    }

    private static void gauge(
            MeterRegistry registry, String name, BrokerView broker, ToDoubleFunction<BrokerView> value) {
        // Nobody else keeps this view of the broker, and a gauge of something forgotten says NaN.
        Gauge.builder(name, broker, value).strongReference(true).register(registry);
    }

    private void refresh(MeterRegistry registry) {
        node.requests().forEach(api -> {
            if (apis.add(api.api())) {
                bindApi(registry, api);
            }
        });
        node.broker().ifPresent(broker -> {
            refreshTopics(registry, broker);
            broker.groups().thenAcceptAsync(groups -> refreshGroups(registry, broker, groups), refresher);
        });
    }

    private static void bindApi(MeterRegistry registry, RequestMeters.OfApi api) {
        Tags tags = Tags.of("request", api.api().name);
        FunctionCounter.builder("kafka.network.requestmetrics.requests", api, RequestMeters.OfApi::requests)
                .tags(tags)
                .register(registry);
        FunctionCounter.builder("kafka.network.requestmetrics.errors", api, RequestMeters.OfApi::errors)
                .tags(tags)
                .register(registry);
        FunctionTimer.builder(
                        "kafka.network.requestmetrics.totaltime",
                        api,
                        RequestMeters.OfApi::requests,
                        RequestMeters.OfApi::totalNs,
                        TimeUnit.NANOSECONDS)
                .tags(tags)
                .register(registry);
        Gauge.builder("kafka.network.requestmetrics.totaltime.max.ms", api, a -> a.longestNs() / 1e6)
                .tags(tags)
                .register(registry);
    }

    private void refreshTopics(MeterRegistry registry, BrokerView broker) {
        Set<String> present = new HashSet<>();
        broker.topicMeters().forEach((topic, meter) -> {
            present.add(topic);
            ofTopic.computeIfAbsent(topic, name -> bindTopic(registry, broker, name, meter));
        });
        ofTopic.keySet().removeIf(topic -> {
            if (present.contains(topic)) {
                return false;
            }
            ofTopic.getOrDefault(topic, Set.of()).forEach(registry::remove);
            return true;
        });
    }

    private static Set<Meter.Id> bindTopic(MeterRegistry registry, BrokerView broker, String topic, TopicMeter meter) {
        Set<Meter.Id> ids = new HashSet<>();
        ids.add(counter(registry, "bytesin", topic, meter, TopicMeter::bytesIn));
        ids.add(counter(registry, "bytesout", topic, meter, TopicMeter::bytesOut));
        ids.add(counter(registry, "messagesin", topic, meter, TopicMeter::messagesIn));
        ids.add(counter(registry, "totalproducerequests", topic, meter, TopicMeter::produces));
        ids.add(counter(registry, "totalfetchrequests", topic, meter, TopicMeter::fetches));
        ids.add(counter(registry, "failedproducerequests", topic, meter, TopicMeter::failedProduces));
        ids.add(counter(registry, "failedfetchrequests", topic, meter, TopicMeter::failedFetches));
        ids.add(Gauge.builder("kafka.log.log.size", broker, b -> b.sizeInBytes(topic))
                .strongReference(true)
                .tag("topic", topic)
                .register(registry)
                .getId());
        return ids;
    }

    private static Meter.Id counter(
            MeterRegistry registry, String name, String topic, TopicMeter meter, ToDoubleFunction<TopicMeter> value) {
        return FunctionCounter.builder("kafka.server.brokertopicmetrics." + name, meter, value)
                .tag("topic", topic)
                .register(registry)
                .getId();
    }

    private void refreshGroups(MeterRegistry registry, BrokerView broker, List<GroupSnapshot> groups) {
        Map<GroupPartition, Long> now = new HashMap<>();
        for (GroupSnapshot group : groups) {
            group.committedOffsets()
                    .forEach((partition, committed) -> broker.offsets(partition.topic(), partition.partition())
                            .ifPresent(offsets -> now.put(
                                    new GroupPartition(group.groupId(), partition),
                                    Math.max(0, offsets.highWatermark() - committed))));
        }
        lags.keySet().retainAll(now.keySet());
        lags.putAll(now);
        ofGroup.entrySet().removeIf(entry -> {
            boolean gone = !now.containsKey(entry.getKey());
            if (gone) {
                registry.remove(entry.getValue());
            }
            return gone;
        });
        now.keySet()
                .forEach(key -> ofGroup.computeIfAbsent(
                        key,
                        added -> Gauge.builder("kafka.consumergroup.lag", lags, known -> known.getOrDefault(added, 0L))
                                .tag("group", added.group())
                                .tag("topic", added.partition().topic())
                                .tag(
                                        "partition",
                                        Integer.toString(added.partition().partition()))
                                .register(registry)
                                .getId()));
    }

    @Override
    public void destroy() {
        refresher.shutdownNow();
    }
}
