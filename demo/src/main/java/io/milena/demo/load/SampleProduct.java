package io.milena.demo.load;

/** A product of a file: the line as it will be sent, and its number. */
public record SampleProduct(String sku, String json) {

    public static SampleProduct parse(JsonLines.Line line) {
        line.text("name");
        line.number("unitsInStock", 0);
        return new SampleProduct(line.text("sku"), line.text());
    }
}
