package io.milena.starter.broker;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Meets the broker: as soon as it answers, creates the topics declared as {@link NewTopic} beans and starts the listeners. Until
 * then the application runs without it, says so once in a while, and tries on.
 */
public final class BrokerConnector implements SmartLifecycle {

    /** After the listener registry, so that it is stopped before it. */
    static final int PHASE = Integer.MAX_VALUE - 50;

    private static final Logger log = LoggerFactory.getLogger(BrokerConnector.class);
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(15);

    private final BrokerAdmin admin;
    private final Collection<NewTopic> topics;
    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;
    private final Duration retryInterval;

    private @Nullable Thread thread;
    private CountDownLatch stopped = new CountDownLatch(0);
    private volatile boolean running;

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

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        stopped = new CountDownLatch(1);
        Thread connector = new Thread(this::connect, "milena-connect");
        connector.setDaemon(true);
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
        long nextReportNs = startedNs;
        long pauseMs = 100;
        while (running) {
            try {
                meet();
                log.info("Broker at {} answered after {} ms", admin.bootstrapServers(), elapsedMs(startedNs));
                admin.firstAnswer().complete(null);
                listeners.get().forEach(MessageListenerContainer::start);
                return;
            } catch (KafkaException e) {
                if (!running) {
                    return;
                }
                if (System.nanoTime() >= nextReportNs) {
                    log.warn(
                            "No broker at {} yet ({}). The application runs; events wait in the outbox, and listeners start"
                                    + " when it answers",
                            admin.bootstrapServers(),
                            e.getMessage());
                    nextReportNs = System.nanoTime() + REPORT_INTERVAL.toNanos();
                }
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
