package io.milena.demo;

import com.zaxxer.hikari.HikariDataSource;
import io.milena.demo.load.ServiceUrls;
import io.milena.inventory.InventoryServiceApplication;
import io.milena.orders.OrderServiceApplication;
import io.milena.shipping.ShippingServiceApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The three services, each in an application context of its own, started side by side. */
final class Services implements AutoCloseable {

    private static final List<Supplier<SpringApplicationBuilder>> BUILDERS = List.of(
            OrderServiceApplication::builder,
            InventoryServiceApplication::builder,
            ShippingServiceApplication::builder);

    private final int firstPort;
    private final List<String> settings;
    private final Map<String, ConfigurableApplicationContext> contexts = new LinkedHashMap<>();
    private boolean closed;

    private Services(int firstPort, List<String> settings) {
        this.firstPort = firstPort;
        this.settings = settings;
    }

    /**
     * Starts all.
     *
     * @param more settings for each of them
     * @param started told the name of each service and the milliseconds it took, when its context is up
     */
    static Services start(
            int firstPort, String bootstrapServers, Path data, List<String> more, BiConsumer<String, Long> started) {
        List<String> settings = new ArrayList<>(
                List.of("--spring.kafka.bootstrap-servers=" + bootstrapServers, "--service.data-dir=" + data));
        settings.addAll(more);
        Services services = new Services(firstPort, settings);
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (String name : ServiceUrls.NAMES) {
            starts.add(services.startBeside(name, started));
        }
        try {
            starts.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            services.close();
            throw new IllegalStateException("a service did not start: " + e.getCause(), e.getCause());
        }
        return services;
    }

    List<String> names() {
        return ServiceUrls.NAMES;
    }

    private CompletableFuture<Void> startBeside(String name, BiConsumer<String, Long> started) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        started.accept(name, startOne(name));
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                "start-" + name);
        thread.start();
        return done;
    }

    private long startOne(String name) {
        long beginNs = System.nanoTime();
        int index = ServiceUrls.NAMES.indexOf(name);
        List<String> all = new ArrayList<>(settings);
        all.add("--server.port=" + (firstPort + index));
        ConfigurableApplicationContext context =
                BUILDERS.get(index).get().registerShutdownHook(false).run(all.toArray(String[]::new));
        boolean late;
        synchronized (contexts) {
            late = closed;
            contexts.put(name, context);
        }
        if (late) {
            context.close();
        }
        return (System.nanoTime() - beginNs) / 1_000_000;
    }

    /**
     * Ends a service in the middle of its work, as far as that can be done in one JVM: all its database connections are torn, so that no
     * transaction at hand commits and no goodbye is written; then it is closed and started again.
     *
     * @return milliseconds until it was up again
     */
    long restart(String name) {
        long beginNs = System.nanoTime();
        ConfigurableApplicationContext context;
        synchronized (contexts) {
            context = contexts.get(name);
        }
        if (context != null) {
            context.getBeanProvider(HikariDataSource.class).forEach(HikariDataSource::close);
            context.close();
        }
        startOne(name);
        return (System.nanoTime() - beginNs) / 1_000_000;
    }

    /** Side by side, as they were started. */
    @Override
    public void close() {
        List<Thread> closers = new ArrayList<>();
        synchronized (contexts) {
            closed = true;
            contexts.forEach((name, context) -> {
                Thread thread = new Thread(context::close, "stop-" + name);
                thread.start();
                closers.add(thread);
            });
        }
        for (Thread closer : closers) {
            try {
                closer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
