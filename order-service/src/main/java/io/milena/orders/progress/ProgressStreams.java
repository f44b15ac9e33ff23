package io.milena.orders.progress;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.milena.orders.desk.OrderMove;
import io.milena.orders.desk.OrderMoves;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** All streams of this instance. */
@Component
@EnableConfigurationProperties(ProgressProperties.class)
class ProgressStreams implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(ProgressStreams.class);
    private static final int IDS_PER_QUERY = 200;

    private final OrderMoves moves;
    private final ProgressProperties properties;
    private final Semaphore places;
    private final Set<ProgressStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "order-progress");
        thread.setDaemon(true);
        return thread;
    });

    ProgressStreams(OrderMoves moves, ProgressProperties properties, MeterRegistry meters) {
        this.moves = moves;
        this.properties = properties;
        this.places = new Semaphore(properties.maxStreams());
        Gauge.builder("orders.event.streams", open, Set::size)
                .description("Open event streams")
                .register(meters);
        long pollMs = properties.pollInterval().toMillis();
        timer.scheduleWithFixedDelay(this::look, pollMs, pollMs, TimeUnit.MILLISECONDS);
    }

    /**
     * Follows an order.
     *
     * @param seen the version the client has seen, 0 for none
     * @return empty if there is nothing more to come
     * @throws TooManyStreamsException if this instance serves as many as it may
     * @throws StreamsStoppedException if this instance stops
     */
    Optional<SseEmitter> follow(String orderId, long seen) {
        List<OrderMove> news = moves.after(orderId, seen);
        if (news.isEmpty() && isAtItsEnd(orderId)) {
            return Optional.empty();
        }
        if (!places.tryAcquire()) {
            throw new TooManyStreamsException(properties.maxStreams());
        }
        ProgressStream stream = new ProgressStream(orderId, seen, properties.maxDuration());
        AtomicBoolean left = new AtomicBoolean();
        Runnable leave = () -> {
            if (left.compareAndSet(false, true)) {
                open.remove(stream);
                places.release();
            }
        };
        stream.emitter().onTimeout(stream::end);
        stream.emitter().onCompletion(leave);
        open.add(stream);
        if (stopped) { // asked when it can be found: either it is ended with the others, or refused here
            leave.run();
            throw new StreamsStoppedException();
        }
        if (news.isEmpty()) {
            stream.greet();
        } else {
            stream.tell(news);
        }
        return Optional.of(stream.emitter());
    }

    private boolean isAtItsEnd(String orderId) {
        List<OrderMove> all = moves.after(orderId, 0);
        return !all.isEmpty() && all.get(all.size() - 1).state().isTerminal();
    }

    private void look() {
        try {
            List<ProgressStream> streams = new ArrayList<>(open);
            for (int from = 0; from < streams.size(); from += IDS_PER_QUERY) {
                tellNews(streams.subList(from, Math.min(streams.size(), from + IDS_PER_QUERY)));
            }
        } catch (RuntimeException e) {
            log.warn("No news of orders at the moment: {}", e.toString());
        }
    }

    private void tellNews(List<ProgressStream> streams) {
        Map<String, Long> versions =
                moves.versions(streams.stream().map(ProgressStream::orderId).collect(Collectors.toSet()));
        for (ProgressStream stream : streams) {
            if (versions.getOrDefault(stream.orderId(), 0L) > stream.version()) {
                stream.tell(moves.after(stream.orderId(), stream.version()));
            } else {
                stream.beat(properties.heartbeat());
            }
        }
    }

    /** Before the web server waits for open requests. */
    @EventListener(ContextClosedEvent.class)
    void endAll() {
        stopped = true;
        timer.shutdown();
        open.forEach(ProgressStream::end);
    }

    @Override
    public void destroy() {
        timer.shutdownNow();
    }
}
