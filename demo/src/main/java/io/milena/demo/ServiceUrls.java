package io.milena.demo;

import java.util.List;

/** Where the services answer. */
record ServiceUrls(String orders, String inventory, String shipping) {

    /** On one machine, at consecutive ports. */
    static ServiceUrls local(int firstPort) {
        return new ServiceUrls(
                "http://localhost:" + firstPort,
                "http://localhost:" + (firstPort + 1),
                "http://localhost:" + (firstPort + 2));
    }

    List<String> all() {
        return List.of(orders, inventory, shipping);
    }

    String of(String service) {
        return all().get(Services.NAMES.indexOf(service));
    }
}
