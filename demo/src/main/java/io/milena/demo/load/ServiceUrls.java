package io.milena.demo.load;

import java.util.List;

/** Where the services answer. */
public record ServiceUrls(String orders, String inventory, String shipping) {

    /** The services' names, in the order of their ports. */
    public static final List<String> NAMES = List.of("order-service", "inventory-service", "shipping-service");

    /** On one machine, at consecutive ports. */
    public static ServiceUrls local(int firstPort) {
        return new ServiceUrls(
                "http://localhost:" + firstPort,
                "http://localhost:" + (firstPort + 1),
                "http://localhost:" + (firstPort + 2));
    }

    List<String> all() {
        return List.of(orders, inventory, shipping);
    }

    String of(String service) {
        return all().get(NAMES.indexOf(service));
    }
}
