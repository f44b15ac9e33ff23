package io.milena.shipping;

import io.milena.starter.testing.TestDatabase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service on each database, without a broker; started once for all tests. */
public final class ShippingApp {

    private static final Map<TestDatabase.Kind, ShippingApp> STARTED = new EnumMap<>(TestDatabase.Kind.class);

    private final TestDatabase database;
    private final ConfigurableApplicationContext context;
    private ConfigurableApplicationContext second;

    private ShippingApp(TestDatabase database) {
        this.database = database;
        this.context = start(WebApplicationType.SERVLET);
    }

    public static ShippingApp on(TestDatabase.Kind kind) {
        return STARTED.computeIfAbsent(kind, k -> new ShippingApp(k.fresh()));
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** The same bean of another instance on the same database, where parcels are dispatched by hand. */
    public <T> T beanOfManualInstance(Class<T> type) {
        if (second == null) {
            second = start(WebApplicationType.NONE, "--shipping.dispatch=manual");
        }
        return second.getBean(type);
    }

    public String url() {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    private ConfigurableApplicationContext start(WebApplicationType web, String... more) {
        List<String> arguments = new ArrayList<>(database.arguments());
        arguments.addAll(List.of(
                "--server.port=0", "--spring.kafka.bootstrap-servers=localhost:1", "--logging.level.root=warn"));
        arguments.addAll(List.of(more));
        return ShippingServiceApplication.builder().web(web).run(arguments.toArray(String[]::new));
    }
}
