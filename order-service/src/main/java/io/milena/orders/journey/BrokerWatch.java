package io.milena.orders.journey;

import io.milena.orders.journey.story.Broker;
import io.milena.orders.journey.story.Place;
import io.milena.orders.journey.story.Readers;
import io.milena.starter.broker.BrokerAdmin;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Asks the broker who has read how far. Views that come together share an answer; a broker that is away costs its patience once, not
 * once per view, and what it did not say stays unknown.
 */
@Component
class BrokerWatch {

    private final BrokerAdmin broker;
    private final Clock clock;
    private final JourneyProperties properties;
    private @Nullable Broker last;

    BrokerWatch(BrokerAdmin broker, Clock clock, JourneyProperties properties) {
        this.broker = broker;
        this.clock = clock;
        this.properties = properties;
    }

    synchronized Broker ask() {
        Broker known = last;
        if (known == null || known.askedAt().plus(properties.freshness()).isBefore(clock.instant())) {
            known = new Question(clock.instant()).ask();
            last = known;
        }
        return known;
    }

    /** One round of questions, all sent before the first answer is awaited. */
    private final class Question {

        private final Instant askedAt;
        private final long untilNs = System.nanoTime() + properties.patience().toNanos();
        private final Map<Place.Lane, Long> ends = new HashMap<>();
        private final Map<String, Broker.Group> groups = new HashMap<>();
        private @Nullable String trouble;

        Question(Instant askedAt) {
            this.askedAt = askedAt;
        }

        Broker ask() {
            String cluster;
            try {
                Admin admin = broker.client();
                KafkaFuture<String> clusterId = admin.describeCluster().clusterId();
                KafkaFuture<Map<String, TopicDescription>> topics =
                        admin.describeTopics(Readers.topics()).allTopicNames();
                Map<String, ListConsumerGroupOffsetsSpec> wanted = new HashMap<>();
                Readers.all().forEach(group -> wanted.put(group, new ListConsumerGroupOffsetsSpec()));
                ListConsumerGroupOffsetsResult offsets = admin.listConsumerGroupOffsets(wanted);
                DescribeConsumerGroupsResult members = admin.describeConsumerGroups(Readers.all());
                cluster = await(clusterId);
                ends(admin, await(topics));
                Readers.all().forEach(group -> group(group, offsets, members));
            } catch (KafkaException e) {
                return Broker.silent(askedAt, reason(e));
            }
            return new Broker(
                    askedAt.isAfter(clock.instant()) ? askedAt : clock.instant(), cluster, trouble, ends, groups);
        }

        private void ends(Admin admin, Map<String, TopicDescription> topics) {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            topics.values()
                    .forEach(topic -> topic.partitions()
                            .forEach(partition -> latest.put(
                                    new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest())));
            ListOffsetsResult result = admin.listOffsets(latest);
            for (TopicPartition partition : latest.keySet()) {
                try {
                    ends.put(
                            lane(partition),
                            await(result.partitionResult(partition)).offset());
                } catch (KafkaException e) {
                    trouble = "the end of " + partition + " is not known: " + reason(e);
                }
            }
        }

        private void group(
                String group, ListConsumerGroupOffsetsResult offsets, DescribeConsumerGroupsResult descriptions) {
            int members = -1;
            try {
                ConsumerGroupDescription description =
                        await(descriptions.describedGroups().get(group));
                members = description.members().size();
            } catch (GroupIdNotFoundException neverSeen) {
                members = 0;
            } catch (KafkaException e) {
                trouble = "the members of " + group + " are not known: " + reason(e);
            }
            try {
                Map<Place.Lane, Long> committed = new HashMap<>();
                await(offsets.partitionsToOffsetAndMetadata(group))
                        .forEach((partition, offset) -> put(committed, partition, offset));
                groups.put(group, new Broker.Group(members, committed));
            } catch (GroupIdNotFoundException neverSeen) {
                groups.put(group, new Broker.Group(members, Map.of()));
            } catch (KafkaException e) {
                trouble = "what " + group + " has read is not known: " + reason(e);
            }
        }

        private <T> T await(@Nullable KafkaFuture<T> answer) {
            if (answer == null) {
                throw new KafkaException("not asked");
            }
            try {
                return answer.get(Math.max(1, untilNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
            } catch (TimeoutException e) {
                throw new org.apache.kafka.common.errors.TimeoutException(
                        "no answer from " + broker.bootstrapServers() + " within " + properties.patience());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
    }

    private static void put(
            Map<Place.Lane, Long> committed, TopicPartition partition, @Nullable OffsetAndMetadata offset) {
        if (offset != null) {
            committed.put(lane(partition), offset.offset());
        }
    }

    private static Place.Lane lane(TopicPartition partition) {
        return new Place.Lane(partition.topic(), partition.partition());
    }

    private static String reason(KafkaException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
