package io.milena.starter.outbox;

import io.milena.starter.event.EventCodec;
import io.milena.starter.outbox.OutboxEntry.Lane;
import io.milena.starter.trace.Tracing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one page. Every lane (topic and key) has at most one record in flight: its next one is sent when the one before
 * is acknowledged, so that no failure, retry or time-out of the client can reorder a key. Lanes do not wait for each
 * other. All decisions are taken on the calling thread; the client's thread only reports.
 */
final class PageSender {

    private final Producer<String, byte[]> producer;
    private final EventCodec codec;
    private final Duration sendTimeout;
    private final Tracing tracing;

    private final Map<Lane, Deque<OutboxEntry>> lanes = new LinkedHashMap<>();
    private final Deque<OutboxEntry> ready = new ArrayDeque<>();
    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final Map<String, Exception> stalledTopics = new HashMap<>();
    private final List<SentEvent> sent = new ArrayList<>();
    private final Map<Lane, Exception> failures = new LinkedHashMap<>();
    private int inFlight;

    PageSender(Producer<String, byte[]> producer, EventCodec codec, Duration sendTimeout, Tracing tracing) {
        this.producer = producer;
        this.codec = codec;
        this.sendTimeout = sendTimeout;
        this.tracing = tracing;
    }

    /** What became of a page: acknowledged entries, and the failure of each lane that stopped. */
    record Outcome(List<SentEvent> sent, Map<Lane, Exception> failures) {}

    private record Report(
            OutboxEntry entry,
            @Nullable RecordMetadata metadata,
            @Nullable Exception error) {}

    /** To be called once. Returns when every record of the page has been acknowledged, has failed, or waits behind one that has. */
    Outcome send(List<OutboxEntry> page) throws InterruptedException {
        page.forEach(entry ->
                lanes.computeIfAbsent(entry.lane(), lane -> new ArrayDeque<>(2)).add(entry));
        lanes.values().forEach(lane -> ready.add(lane.remove()));
        while (!ready.isEmpty() || inFlight > 0) {
            OutboxEntry next = ready.poll();
            if (next != null) {
                dispatch(next);
            }
            Report report = ready.isEmpty() && inFlight > 0 ? await() : reports.poll();
            if (report != null) {
                settle(report);
            }
        }
        return new Outcome(sent, failures);
    }

    private void dispatch(OutboxEntry entry) {
        Exception stalled = stalledTopics.get(entry.topic());
        if (stalled != null) {
            failures.put(entry.lane(), stalled);
            return;
        }
        inFlight++;
        Tracing.Publication publication = tracing.publish(entry.topic(), entry.info(), entry.headers());
        try {
            producer.send(
                    codec.record(entry.topic(), entry.key(), entry.info(), publication.headers(), entry.payload()),
                    (metadata, error) -> report(entry, publication, metadata, error));
        } catch (RuntimeException refused) {
            report(entry, publication, null, refused);
        }
    }

    private void report(
            OutboxEntry entry,
            Tracing.Publication publication,
            @Nullable RecordMetadata metadata,
            @Nullable Exception error) {
        if (error != null) {
            publication.failed(error);
        } else if (metadata != null) {
            publication.sent(metadata.partition(), metadata.offset());
        }
        reports.add(new Report(entry, metadata, error));
    }

    /** An unknown fate is a failure: what was acknowledged so far is kept, the rest is sent again (readers drop duplicates). */
    private @Nullable Report await() throws InterruptedException {
        Report report = reports.poll(2 * sendTimeout.toMillis(), TimeUnit.MILLISECONDS);
        if (report == null) {
            Exception silence = new TimeoutException("no word from the broker for " + sendTimeout.multipliedBy(2));
            lanes.keySet().forEach(lane -> failures.putIfAbsent(lane, silence));
            inFlight = 0;
        }
        return report;
    }

    private void settle(Report report) {
        inFlight--;
        OutboxEntry entry = report.entry();
        if (report.error() != null) {
            failures.put(entry.lane(), report.error());
            if (report.error() instanceof TimeoutException) {
                stalledTopics.put(entry.topic(), report.error()); // one time-out per topic and page, not one per key
            }
            return;
        }
        if (report.metadata() != null) {
            sent.add(new SentEvent(
                    entry, report.metadata().partition(), report.metadata().offset()));
        }
        Deque<OutboxEntry> rest = lanes.get(entry.lane());
        OutboxEntry next = rest == null ? null : rest.poll();
        if (next != null) {
            ready.add(next);
        }
    }
}
