package io.milena.starter.broker;

import io.milena.starter.broker.BrokerTrouble.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Meets the broker: as soon as it answers, creates what is missing of the topics declared as {@link NewTopic} beans and starts each listener
 * whose topics exist. Until then the application runs without, says once what is wrong, and tries on.
 */
public final class BrokerConnector implements SmartLifecycle {

    /** After the listener registry, so that it is stopped before it. */
    static final int PHASE = Integer.MAX_VALUE - 50;

    private static final Logger log = LoggerFactory.getLogger(BrokerConnector.class);
    private static final Duration LONGEST_PAUSE_FOR_TOPICS = Duration.ofSeconds(30);

    private final BrokerAdmin admin;
    private final DeclaredTopics topics;
    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;
    private final Duration retryInterval;

    private @Nullable Thread thread;
    private CountDownLatch stopped = new CountDownLatch(0);
    private volatile boolean running;
    private volatile @Nullable BrokerTrouble trouble;
    private final RepeatedWarning warning = new RepeatedWarning(log);

    /** @param listeners the containers to start */
    public BrokerConnector(
            BrokerAdmin admin,
            Collection<NewTopic> topics,
            Supplier<? extends Collection<MessageListenerContainer>> listeners,
            Duration retryInterval) {
        this.admin = admin;
        this.topics = new DeclaredTopics(topics);
        this.listeners = listeners;
        this.retryInterval = retryInterval;
    }

    /** What the application still waits for at its start; empty once every listener has been started. */
    public Optional<BrokerTrouble> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** What keeps declared topics from being created, by their names. */
    public Map<String, BrokerTrouble> topicTroubles() {
        return topics.troubles();
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
                if (waiting == null && answers(startedNs)) {
                    waiting = new ArrayList<>(listeners.get());
                }
                if (waiting != null && settle(waiting)) {
                    return;
                }
            } catch (KafkaException e) {
                if (!running) {
                    return;
                }
                report(admin.explain(e));
            }
            Duration longest = waiting != null && waiting.isEmpty() ? LONGEST_PAUSE_FOR_TOPICS : retryInterval;
            pauseMs = Math.min(longest.toMillis(), pauseMs * 2);
            if (stopRequestedWithin(pauseMs)) {
                return;
            }
        }
    }

    private boolean answers(long startedNs) {
        Optional<BrokerTrouble> unreached = admin.reach();
        if (unreached.isPresent()) {
            report(unreached.get());
            return false;
        }
        admin.await(admin.client().describeCluster().clusterId());
        log.info("Broker at {} answered after {} ms", admin.bootstrapServers(), elapsedMs(startedNs));
        return true;
    }

    /** True once every declared topic is there and every listener has been started; neither waits for the other. */
    private boolean settle(List<MessageListenerContainer> waiting) {
        boolean declared;
        try {
            declared = topics.settle(admin);
        } finally {
            admin.firstAnswer().complete(null);
        }
        return startThoseWithTopics(waiting) && declared;
    }

    /** A consumer of a topic that does not exist would look again after five minutes, without a word. */
    private boolean startThoseWithTopics(List<MessageListenerContainer> waiting) {
        TopicLook look = TopicLook.at(
                admin,
                waiting.stream()
                        .flatMap(container -> topicsOf(container).stream())
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (MessageListenerContainer container : List.copyOf(waiting)) {
            if (look.existing().containsAll(topicsOf(container))) {
                container.start();
                waiting.remove(container);
            }
        }
        if (waiting.isEmpty()) {
            trouble = null;
            return true;
        }
        String who = "Listeners "
                + waiting.stream().map(MessageListenerContainer::getListenerId).toList() + " wait for topics that ";
        report(
                look.refused().isEmpty()
                        ? TroubleReader.missingTopic(who + "do not exist: " + look.missing())
                        : TroubleReader.refusedTopics(who + "this client may not describe: " + look.refused()
                                + (look.missing().isEmpty() ? "" : ", or that do not exist: " + look.missing())));
        return false;
    }

    private static List<String> topicsOf(MessageListenerContainer container) {
        String[] names = container.getContainerProperties().getTopics();
        return names == null ? List.of() : Arrays.asList(names);
    }

    private void report(BrokerTrouble now) {
        trouble = now;
        boolean answered = now.kind() == Kind.MISSING_TOPIC || now.kind() == Kind.NOT_ALLOWED;
        warning.tell(
                now + ". Meanwhile "
                        + (answered && admin.firstAnswer().isDone()
                                ? "the other listeners run"
                                : "the application runs, events wait in the outbox, and listeners start when the broker answers"));
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
