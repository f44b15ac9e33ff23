package io.milena.wire;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Pumps produce and fetch frames through loopback and tells what the event loop spends on each request: CPU time and bytes
 * allocated. Not a test: run it by hand. Arguments: {@code produce|fetch bytes-of-records [requests]}.
 */
public final class WirePump {

    private static final int IN_FLIGHT = 5;
    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final AtomicLong LOOP_THREAD = new AtomicLong();

    private WirePump() {}

    public static void main(String[] args) throws Exception {
        boolean produce = args[0].equals("produce");
        int bytes = Integer.parseInt(args[1]);
        int requests = args.length > 2 ? Integer.parseInt(args[2]) : 200_000;
        Path file = Files.createTempFile("pump", ".log");
        Files.write(file, new byte[bytes]);
        try (WireEventLoops loops = args.length > 3 ? WireEventLoops.createNio(1) : WireEventLoops.create(1);
                FileChannel channel = FileChannel.open(file)) {
            HandlerRegistry registry = HandlerRegistry.builder()
                    .add(WireFixture.<ProduceRequestData>handler(ApiKeys.PRODUCE, WirePump::append))
                    .add(WireFixture.<FetchRequestData>handler(
                            ApiKeys.FETCH, exchange -> exchange.respond(fetched(channel, bytes))))
                    .build();
            try (WireServer server = WireServer.builder()
                    .eventLoops(loops)
                    .listener(new ListenerEndpoint("P", "127.0.0.1", 0, SecurityProtocol.PLAINTEXT), registry)
                    .build()) {
                server.start();
                byte[] frame = produce ? produceFrame(bytes) : fetchFrame();
                for (int i = 0; i < 4; i++) {
                    measure(server.boundPort("P"), frame, requests / 4, args[0] + " " + bytes);
                }
            }
        } finally {
            System.gc();
            System.out.println(Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(l -> l.startsWith("VmRSS") || l.startsWith("VmHWM"))
                    .toList());
            Files.delete(file);
        }
    }

    private static void measure(int port, byte[] frame, int requests, String what) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RawClient client = new RawClient(port)) {
            client.send(frame).receive();
            long thread = LOOP_THREAD.get();
            long allocated = threads.getThreadAllocatedBytes(thread);
            long cpu = threads.getThreadCpuTime(thread);
            long start = System.nanoTime();
            pump(client, frame, requests);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%s: %,.0f requests/s, %.2f us CPU and %,d bytes allocated on the loop for each request%n",
                    what,
                    requests / seconds,
                    (threads.getThreadCpuTime(thread) - cpu) / 1e3 / requests,
                    (threads.getThreadAllocatedBytes(thread) - allocated) / requests);
        }
    }

    private static void pump(RawClient client, byte[] frame, int requests) throws IOException {
        byte[] sink = new byte[1 << 20];
        java.io.DataInputStream in = new java.io.DataInputStream(client.socket().getInputStream());
        int sent = 0;
        for (int received = 0; received < requests; received++) {
            while (sent < requests && sent - received < IN_FLIGHT) {
                client.send(frame);
                sent++;
            }
            int left = in.readInt();
            while (left > 0) {
                left -= in.read(sink, 0, Math.min(left, sink.length));
            }
        }
    }

    private static byte[] produceFrame(int bytes) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        request.topicData()
                .add(new TopicProduceData()
                        .setTopicId(TOPIC)
                        .setPartitionData(List.of(new PartitionProduceData()
                                .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(new byte[bytes]))))));
        return RawClient.frame(ApiKeys.PRODUCE, (short) 13, 1, request);
    }

    private static byte[] fetchFrame() {
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic()
                .setTopicId(TOPIC)
                .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1 << 20)));
        return RawClient.frame(ApiKeys.FETCH, (short) 17, 1, new FetchRequestData().setTopics(List.of(topic)));
    }

    private static void append(Exchange<ProduceRequestData> exchange) {
        LOOP_THREAD.set(Thread.currentThread().getId());
        ProduceResponseData answer = new ProduceResponseData();
        for (TopicProduceData topic : exchange.request().topicData()) {
            TopicProduceResponse result = new TopicProduceResponse().setTopicId(topic.topicId());
            for (PartitionProduceData partition : topic.partitionData()) {
                result.partitionResponses()
                        .add(new PartitionProduceResponse()
                                .setIndex(partition.index())
                                .setBaseOffset(7));
            }
            answer.responses().add(result);
        }
        exchange.respond(answer);
    }

    private static FetchResponseData fetched(FileChannel channel, int bytes) {
        LOOP_THREAD.set(Thread.currentThread().getId());
        FetchResponseData.FetchableTopicResponse topic = new FetchResponseData.FetchableTopicResponse()
                .setTopicId(TOPIC)
                .setPartitions(List.of(new FetchResponseData.PartitionData()
                        .setHighWatermark(9)
                        .setRecords(new FileSlice(channel, 0, bytes, new AtomicInteger()))));
        return new FetchResponseData().setResponses(List.of(topic));
    }
}
