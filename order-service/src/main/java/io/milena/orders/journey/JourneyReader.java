package io.milena.orders.journey;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.milena.orders.contract.Topics;
import io.milena.orders.journey.story.Readers;
import io.milena.starter.broker.BrokerAdmin;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Copies what topics say about orders into the table: a group of its own, one thread, a poll at a time in one transaction. It reads in
 * large bites and is in no hurry, for it must not take from the flow what the flow needs; a database that is away makes it wait; no
 * record makes it stop.
 */
@Component
@ConditionalOnBooleanProperty(name = "orders.journey.enabled", matchIfMissing = true)
@EnableConfigurationProperties(JourneyProperties.class)
class JourneyReader implements SmartLifecycle {

    /** What a dead letter topic's name ends with. */
    static final String DEAD_LETTERS = "-dlt";

    private static final Logger log = LoggerFactory.getLogger(JourneyReader.class);
    private static final int PURGE_ROWS = 5_000;

    private final JourneySteps steps;
    private final TransactionTemplate transactions;
    private final BrokerAdmin broker;
    private final Clock clock;
    private final JourneyProperties properties;
    private final KafkaMessageListenerContainer<byte[], byte[]> container;
    private final Counter skipped;
    private volatile @Nullable String cluster;
    private volatile boolean running;

    JourneyReader(
            JourneySteps steps,
            PlatformTransactionManager transactions,
            BrokerAdmin broker,
            ConsumerFactory<?, ?> consumers,
            Clock clock,
            JourneyProperties properties,
            MeterRegistry meters) {
        this.steps = steps;
        this.transactions = new TransactionTemplate(transactions);
        this.broker = broker;
        this.clock = clock;
        this.properties = properties;
        this.container = container(consumers);
        this.skipped = Counter.builder("orders.journey.skipped")
                .description("Records in the topics of orders that are about no order")
                .register(meters);
    }

    private KafkaMessageListenerContainer<byte[], byte[]> container(ConsumerFactory<?, ?> consumers) {
        Map<String, Object> settings = new HashMap<>(consumers.getConfigurationProperties());
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1_000);
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 64 * 1_024);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 300);
        ContainerProperties group = new ContainerProperties(topics());
        group.setGroupId(Readers.JOURNEY);
        group.setClientId(Readers.JOURNEY);
        group.setMessageListener((BatchMessageListener<byte[], byte[]>) this::read);
        KafkaMessageListenerContainer<byte[], byte[]> reader =
                new KafkaMessageListenerContainer<>(new DefaultKafkaConsumerFactory<>(settings), group);
        reader.setBeanName(Readers.JOURNEY);
        ExponentialBackOff patient = new ExponentialBackOff(200, 2);
        patient.setMaxInterval(5_000);
        reader.setCommonErrorHandler(new DefaultErrorHandler(patient));
        return reader;
    }

    private static String[] topics() {
        return List.of(Topics.ORDERS, Topics.INVENTORY, Topics.SHIPPING).stream()
                .flatMap(topic -> List.of(topic, topic + DEAD_LETTERS).stream())
                .toArray(String[]::new);
    }

    void read(List<ConsumerRecord<byte[], byte[]>> records) {
        List<StepRow> rows = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Optional<StepRow> row = StepRow.of(record);
            row.ifPresentOrElse(rows::add, skipped::increment);
        }
        if (rows.isEmpty()) {
            return;
        }
        String here = cluster();
        try {
            write(here, rows);
        } catch (DataIntegrityViolationException oneOfThem) {
            for (StepRow row : rows) {
                writeAlone(here, row);
            }
        }
    }

    private void write(String here, List<StepRow> rows) {
        transactions.executeWithoutResult(status -> steps.insert(here, rows, clock.instant()));
    }

    private void writeAlone(String here, StepRow row) {
        try {
            write(here, List.of(row));
        } catch (DataIntegrityViolationException e) {
            skipped.increment();
            log.warn("The journey leaves out {}-{}@{}: {}", row.topic(), row.partition(), row.offset(), e.toString());
        }
    }

    private String cluster() {
        String known = cluster;
        if (known == null) {
            known = broker.await(broker.client().describeCluster().clusterId());
            cluster = known;
        }
        return known;
    }

    @Scheduled(fixedDelayString = "PT10M", initialDelayString = "PT2M")
    void forget() {
        int forgotten;
        do {
            forgotten = steps.forget(clock.instant().minus(properties.retention()), PURGE_ROWS);
        } while (forgotten == PURGE_ROWS);
    }

    /** Waits for the broker without holding up the start. */
    @Override
    public void start() {
        running = true;
        broker.firstAnswer().thenRunAsync(this::startReading);
    }

    private synchronized void startReading() {
        if (running) {
            container.start();
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        container.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return container.getPhase();
    }
}
