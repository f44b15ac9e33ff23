package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.demo.load.ClosingTable;
import io.milena.demo.load.FileOrders;
import io.milena.demo.load.JsonLines;
import io.milena.demo.load.SampleOrder;
import io.milena.demo.load.ServiceUrls;
import io.milena.demo.load.UsageException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user can get wrong, and what they are told. */
class DemoInputTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"orderId":"1"                                                       | line 2: not valid JSON
            {"orderId":"1","lines":[{"sku":"A","quantity":1}]}                   | line 2: 'customerId' must be a text, not missing
            {"orderId":"1","customerId":"c","lines":[]}                          | line 2: 'lines' must be a list with at least one element
            {"orderId":"1","customerId":"c","lines":[{"sku":"A","quantity":0}]}  | line 2: 'quantity' must be a whole number of at least 1, not 0
            {"orderId":"0","customerId":"c","lines":[{"sku":"A","quantity":1}]}  | line 2: '0' occurs a second time, first in line 1
            """)
    void a_bad_line_is_named_with_its_reason(String line, String message) throws IOException {
        Path file = directory.resolve("orders.jsonl");
        Files.writeString(
                file,
                "{\"orderId\":\"0\",\"customerId\":\"c\",\"lines\":[{\"sku\":\"A\",\"quantity\":1}]}\n" + line + "\n");

        assertThatThrownBy(() -> JsonLines.read(file, "", SampleOrder::parse, SampleOrder::orderId))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith(file + ", line 2")
                .hasMessageContaining(message);
    }

    @Test
    void options_are_read_and_mistakes_named() throws IOException {
        Path orders = Files.writeString(
                directory.resolve("orders.jsonl"),
                "{\"orderId\":\"0\",\"customerId\":\"c\",\"lines\":[{\"sku\":\"A\",\"quantity\":1}]}");
        Files.writeString(directory.resolve("products.jsonl"), "{\"sku\":\"A\",\"name\":\"a\",\"unitsInStock\":1}");

        DemoOptions options = DemoOptions.parse("--orders", orders.toString(), "--exit", "--port", "9000");
        assertThat(FileOrders.read(options.orders(), options.products(), 0, 0).products())
                .hasSize(1);
        assertThat(options.exit()).isTrue();
        assertThat(options.port()).isEqualTo(9000);
        assertThatThrownBy(() -> DemoOptions.parse("--orders", "/no/such"))
                .hasMessageContaining("cannot read the file /no/such");
        assertThatThrownBy(() -> DemoOptions.parse("--port", "x")).hasMessageContaining("not 'x'");
        assertThatThrownBy(() -> DemoOptions.parse("--oders", "x")).hasMessageContaining("unknown option --oders");
        assertThatThrownBy(() -> DemoOptions.parse("--data")).hasMessageContaining("--data needs a value");
    }

    @Test
    void a_port_in_use_is_named_with_its_service() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            int first = taken.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFree(first, ServiceUrls.NAMES))
                    .hasMessageContaining("port " + first + " (for the order-service) is in use");
        }
    }

    @Test
    void one_demo_at_a_time_uses_a_directory() throws IOException {
        Path data = directory.resolve("data");
        try (DataDirectory first = DataDirectory.open(data)) {
            assertThat(first.temporary()).isFalse();
            assertThatThrownBy(() -> DataDirectory.open(data))
                    .isInstanceOf(UsageException.class)
                    .hasMessage("a demo is running in " + data + "; end it, or choose another --data DIR");
        }
        DataDirectory.open(data).close();
    }

    @Test
    void a_temporary_directory_goes_away_with_the_demo() throws IOException {
        DataDirectory temporary = DataDirectory.open(null);
        Files.writeString(
                Files.createDirectories(temporary.path().resolve("broker")).resolve("log"), "x");

        temporary.close();

        assertThat(temporary.path()).doesNotExist();
    }

    @Test
    void the_closing_table_finds_what_is_wrong() {
        Map<String, ClosingTable.StockLine> stock = Map.of("A", new ClosingTable.StockLine(10, 3, 6, 0));
        List<String> problems = ClosingTable.problems(
                5,
                Map.of("PLACED", 1L, "SHIPPED", 2L, "REJECTED", 1L),
                Map.of("DISPATCHED", 1L, "PREPARED", 1L),
                stock,
                Map.of("g", 7L));
        assertThat(problems)
                .containsExactly(
                        "1 orders are not at their end",
                        "1 orders are missing",
                        "1 shipments left for 2 shipped orders",
                        "1 shipments still wait for the word to leave",
                        "stock of A is not conserved: 10 before, 3 shipped, 6 after, 0 reserved",
                        "group g is 7 records behind");
        assertThat(ClosingTable.problems(1, Map.of("SHIPPED", 1L), Map.of("DISPATCHED", 1L), Map.of(), Map.of("g", 0L)))
                .isEmpty();
    }
}
