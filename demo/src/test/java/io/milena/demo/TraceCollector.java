package io.milena.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Takes spans from the services as any collector of traces does: by HTTP, in OTLP's protobuf (opentelemetry/proto/trace/v1). */
final class TraceCollector implements AutoCloseable {

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    /** @param service whose span it is */
    record Span(
            String service,
            String traceId,
            String id,
            String parent,
            String name,
            long startNs,
            boolean failed,
            Map<String, String> tags) {

        String tag(String name) {
            return tags.getOrDefault(name, "");
        }

        /** The record it is about, as topic-partition@offset. */
        String place() {
            return tag("messaging.destination.name") + "-" + tag("messaging.destination.partition.id") + "@"
                    + tag("messaging.kafka.offset");
        }
    }

    String endpoint() {
        return "http://localhost:" + server.getAddress().getPort() + "/v1/traces";
    }

    /** What has ended of a trace so far. */
    List<Span> trace(String traceId) {
        return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            Message request = Message.of(exchange.getRequestBody().readAllBytes());
            for (Message ofResource : request.messages(1)) {
                String service = ofResource.messages(1).stream()
                        .map(resource -> tags(resource, 1).getOrDefault("service.name", ""))
                        .collect(Collectors.joining());
                for (Message ofScope : ofResource.messages(2)) {
                    ofScope.messages(2).forEach(span -> spans.add(span(service, span)));
                }
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Span span(String service, Message span) {
        return new Span(
                service,
                span.hex(1),
                span.hex(2),
                span.hex(4),
                span.text(5),
                span.number(7),
                span.messages(15).stream().anyMatch(status -> status.number(3) == 2),
                tags(span, 9));
    }

    private static Map<String, String> tags(Message message, int field) {
        return message.messages(field).stream().collect(Collectors.toMap(tag -> tag.text(1), tag -> value(tag)));
    }

    private static String value(Message tag) {
        Message value = tag.messages(2).get(0);
        String text = value.text(1);
        return text.isEmpty() ? Long.toString(value.number(3)) : text;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** A protobuf message: fields by number, each a number or bytes. */
    private record Message(Map<Integer, List<ByteBuffer>> bytes, Map<Integer, Long> numbers) {

        static Message of(byte[] encoded) {
            return of(ByteBuffer.wrap(encoded));
        }

        private static Message of(ByteBuffer encoded) {
            Message message = new Message(new HashMap<>(), new HashMap<>());
            ByteBuffer in = encoded.slice().order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                int tag = (int) varint(in);
                int field = tag >>> 3;
                switch (tag & 7) {
                    case 0 -> message.numbers.put(field, varint(in));
                    case 1 -> message.numbers.put(field, in.getLong());
                    case 2 -> {
                        int length = (int) varint(in);
                        message.bytes
                                .computeIfAbsent(field, f -> new ArrayList<>())
                                .add(in.slice(in.position(), length));
                        in.position(in.position() + length);
                    }
                    case 5 -> message.numbers.put(field, (long) in.getInt());
                    default -> throw new IllegalArgumentException("no wire type of protobuf: " + tag);
                }
            }
            return message;
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        List<Message> messages(int field) {
            return bytes.getOrDefault(field, List.of()).stream()
                    .map(Message::of)
                    .toList();
        }

        long number(int field) {
            return numbers.getOrDefault(field, 0L);
        }

        String text(int field) {
            return first(field, each -> StandardCharsets.UTF_8.decode(each).toString());
        }

        String hex(int field) {
            return first(field, each -> {
                byte[] all = new byte[each.remaining()];
                each.get(all);
                return HexFormat.of().formatHex(all);
            });
        }

        private String first(int field, Function<ByteBuffer, String> read) {
            return bytes.getOrDefault(field, List.of()).stream()
                    .findFirst()
                    .map(ByteBuffer::duplicate)
                    .map(read)
                    .orElse("");
        }
    }
}
