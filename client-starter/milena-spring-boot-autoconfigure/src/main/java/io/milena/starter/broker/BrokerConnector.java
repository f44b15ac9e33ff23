package io.milena.starter.broker;

import io.milena.starter.broker.BrokerTrouble.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Meets the broker: as soon as it answers, creates the topics declared as {@link NewTopic} beans and starts each listener whose topics
 * exist. Until then the application runs without, says once what is wrong, and tries on.
 */
public final class BrokerConnector implements SmartLifecycle {

    /** After the listener registry, so that it is stopped before it. */
    static final int PHASE = Integer.MAX_VALUE - 50;

    private static final Logger log = LoggerFactory.getLogger(BrokerConnector.class);
    private static final Duration REMINDER = Duration.ofMinutes(1);

    private final BrokerAdmin admin;
    private final Collection<NewTopic> topics;
    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;
    private final Duration retryInterval;

    private @Nullable Thread thread;
    private CountDownLatch stopped = new CountDownLatch(0);
    private volatile boolean running;
    private volatile @Nullable BrokerTrouble trouble;
    private long nextReminderNs;

    /** @param listeners the containers to start */
    public BrokerConnector(
            BrokerAdmin admin,
            Collection<NewTopic> topics,
            Supplier<? extends Collection<MessageListenerContainer>> listeners,
            Duration retryInterval) {
        this.admin = admin;
        this.topics = List.copyOf(topics);
        this.listeners = listeners;
        this.retryInterval = retryInterval;
    }

    /** What the application still waits for at its start; empty once every listener has been started. */
    public Optional<BrokerTrouble> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        stopped = new CountDownLatch(1);
        Thread connector = new Thread(this::connect, "milena-connect");
        // As the threads of listeners will: an application without a web server lives by them, before they are there
        // too.
        connector.setDaemon(listeners.get().isEmpty());
        thread = connector;
        connector.start();
    }

    @Override
    public synchronized void stop() {
        running = false;
        stopped.countDown();
        Thread connector = thread;
        if (connector != null && connector != Thread.currentThread()) {
            connector.interrupt();
            try {
                connector.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private void connect() {
        long startedNs = System.nanoTime();
        long pauseMs = 100;
        List<MessageListenerContainer> waiting = null;
        while (running) {
            try {
                if (waiting == null) {
                    Optional<BrokerTrouble> unreached = admin.reach();
                    if (unreached.isEmpty()) {
                        meet();
                        log.info("Broker at {} answered after {} ms", admin.bootstrapServers(), elapsedMs(startedNs));
                        admin.firstAnswer().complete(null);
                        waiting = new ArrayList<>(listeners.get());
                    }
                    unreached.ifPresent(this::report);
                }
                if (waiting != null && startThoseWithTopics(waiting)) {
                    trouble = null;
                    return;
                }
            } catch (KafkaException e) {
                if (!running) {
                    return;
                }
                report(admin.explain(e));
            }
            pauseMs = Math.min(retryInterval.toMillis(), pauseMs * 2);
            if (stopRequestedWithin(pauseMs)) {
                return;
            }
        }
    }

    private void meet() {
        if (topics.isEmpty()) {
            admin.await(admin.client().describeCluster().clusterId());
            return;
        }
        Map<String, KafkaFuture<Void>> created =
                admin.client().createTopics(topics).values();
        for (KafkaFuture<Void> topic : created.values()) {
            try {
                admin.await(topic);
            } catch (TopicExistsException exists) {
                log.trace("topic exists");
            }
        }
    }

    /** A consumer of a topic that does not exist would look again after five minutes, without a word. */
    private boolean startThoseWithTopics(List<MessageListenerContainer> waiting) {
        Set<String> missing = missing(waiting.stream()
                .flatMap(container -> topicsOf(container).stream())
                .collect(Collectors.toCollection(TreeSet::new)));
        for (MessageListenerContainer container : List.copyOf(waiting)) {
            if (topicsOf(container).stream().noneMatch(missing::contains)) {
                container.start();
                waiting.remove(container);
            }
        }
        if (!waiting.isEmpty()) {
            report(TroubleReader.missingTopic("Listeners "
                    + waiting.stream()
                            .map(MessageListenerContainer::getListenerId)
                            .toList()
                    + " wait for topics that do not exist: " + missing));
        }
        return waiting.isEmpty();
    }

    private Set<String> missing(Set<String> names) {
        Set<String> missing = new TreeSet<>();
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.client().describeTopics(names).topicNameValues();
        descriptions.forEach((name, description) -> {
            try {
                admin.await(description);
            } catch (UnknownTopicOrPartitionException e) {
                missing.add(name);
            }
        });
        return missing;
    }

    private static List<String> topicsOf(MessageListenerContainer container) {
        String[] names = container.getContainerProperties().getTopics();
        return names == null ? List.of() : Arrays.asList(names);
    }

    private void report(BrokerTrouble now) {
        BrokerTrouble before = trouble;
        trouble = now;
        if (before != null
                && before.kind() == now.kind()
                && before.description().equals(now.description())) {
            if (System.nanoTime() - nextReminderNs < 0) {
                return;
            }
        }
        nextReminderNs = System.nanoTime() + REMINDER.toNanos();
        log.warn(
                "{}. Meanwhile {}",
                now,
                now.kind() == Kind.MISSING_TOPIC
                        ? "the other listeners run"
                        : "the application runs, events wait in the outbox, and listeners start when the broker answers");
    }

    private boolean stopRequestedWithin(long ms) {
        try {
            return stopped.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static long elapsedMs(long sinceNs) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs);
    }
}
