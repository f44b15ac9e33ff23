package io.milena.demo.load;

import java.util.ArrayList;
import java.util.List;

/** An order of a file: the line as it will be sent, and what we need to know of it. */
public record SampleOrder(String orderId, List<String> skus, String json) {

    public static SampleOrder parse(JsonLines.Line line) {
        String orderId = line.text("orderId");
        line.text("customerId");
        List<String> skus = new ArrayList<>();
        for (JsonLines.Line item : line.list("lines")) {
            skus.add(item.text("sku"));
            item.number("quantity", 1);
        }
        return new SampleOrder(orderId, skus, line.text());
    }
}
