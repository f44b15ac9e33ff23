package io.milena.demo;

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

    private final Map<String, ConfigurableApplicationContext> contexts = new LinkedHashMap<>();

    private Services() {}

    /** @param started told the name of each service and the milliseconds it took, when its context is up */
    static Services start(int firstPort, String bootstrapServers, Path data, BiConsumer<String, Long> started) {
        Services services = new Services();
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (int i = 0; i < ServiceUrls.NAMES.size(); i++) {
            String name = ServiceUrls.NAMES.get(i);
            SpringApplicationBuilder builder = BUILDERS.get(i).get().registerShutdownHook(false);
            String[] settings = {
                "--server.port=" + (firstPort + i),
                "--spring.kafka.bootstrap-servers=" + bootstrapServers,
                "--service.data-dir=" + data
            };
            starts.add(services.startOne(name, builder, settings, started));
        }
        try {
            starts.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            services.close();
            throw new IllegalStateException("a service did not start: " + e.getCause(), e.getCause());
        }
        return services;
    }

    private CompletableFuture<Void> startOne(
            String name, SpringApplicationBuilder builder, String[] settings, BiConsumer<String, Long> started) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long begin = System.nanoTime();
        Thread thread = new Thread(
                () -> {
                    try {
                        ConfigurableApplicationContext context = builder.run(settings);
                        synchronized (contexts) {
                            contexts.put(name, context);
                        }
                        started.accept(name, (System.nanoTime() - begin) / 1_000_000);
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                "start-" + name);
        thread.start();
        return done;
    }

    /** Side by side, as they were started. */
    @Override
    public void close() {
        List<Thread> closers = new ArrayList<>();
        synchronized (contexts) {
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
