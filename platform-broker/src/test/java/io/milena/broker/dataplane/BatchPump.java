package io.milena.broker.dataplane;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Pumps ready-made idempotent batches of 100-byte records into one partition, five requests in flight, and reads the answers:
 * a producer that costs next to nothing itself, so that a profile shows the server.
 */
public final class BatchPump {
    private static final short VERSION = 13;
    private static final int RECORDS_PER_BATCH = 150;
    private static final int IN_FLIGHT = 5;

    private final Socket socket;
    private final Uuid topicId;
    private final long producerId;
    private final SimpleRecord[] records = new SimpleRecord[RECORDS_PER_BATCH];
    private final Semaphore window = new Semaphore(IN_FLIGHT);
    private volatile String failure;
    private int sequence;

    public BatchPump(int port, Uuid topicId, long producerId) throws IOException {
        this.socket = new Socket("127.0.0.1", port);
        this.socket.setTcpNoDelay(true);
        this.topicId = topicId;
        this.producerId = producerId;
        for (int i = 0; i < RECORDS_PER_BATCH; i++) {
            records[i] = new SimpleRecord(System.currentTimeMillis(), new byte[100]);
        }
    }

    /** Sends at least {@code count} records and waits for the answers; returns the seconds it took. */
    public double pump(long count) throws Exception {
        long start = System.nanoTime();
        long batches = (count + RECORDS_PER_BATCH - 1) / RECORDS_PER_BATCH;
        Thread reader = new Thread(() -> readAnswers(batches));
        reader.start();
        OutputStream out = socket.getOutputStream();
        for (long i = 0; i < batches; i++) {
            byte[] frame = frame((int) i);
            window.acquire();
            out.write(frame);
        }
        reader.join();
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private byte[] frame(int correlationId) {
        MemoryRecords batch =
                MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) 0, sequence, records);
        sequence += RECORDS_PER_BATCH;
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        request.topicData()
                .add(new TopicProduceData()
                        .setTopicId(topicId)
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(batch))));
        ByteBuffer body = new ProduceRequest(request, VERSION)
                .serializeWithHeader(new RequestHeader(ApiKeys.PRODUCE, VERSION, "pump", correlationId));
        ByteBuffer framed = ByteBuffer.allocate(4 + body.remaining());
        framed.putInt(body.remaining()).put(body);
        return framed.array();
    }

    private void readAnswers(long batches) {
        try {
            DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
            for (long i = 0; i < batches; i++) {
                byte[] answer = in.readNBytes(in.readInt());
                ByteBuffer bytes = ByteBuffer.wrap(answer).position(5);
                short error = new ProduceResponseData(new ByteBufferAccessor(bytes), VERSION)
                        .responses()
                        .iterator()
                        .next()
                        .partitionResponses()
                        .get(0)
                        .errorCode();
                if (error != 0) {
                    failure = "Batch " + i + " was answered with error " + error;
                }
                window.release();
            }
        } catch (IOException e) {
            failure = e.toString();
        }
    }

    /** Arguments: port, topic id, producer id, records per round, rounds. */
    public static void main(String[] args) throws Exception {
        BatchPump pump = new BatchPump(Integer.parseInt(args[0]), Uuid.fromString(args[1]), Long.parseLong(args[2]));
        long records = Long.parseLong(args[3]);
        for (int round = 0; round < Integer.parseInt(args[4]); round++) {
            double seconds = pump.pump(records);
            System.out.printf("%,d records in %.2f s: %,.0f/s%n", records, seconds, records / seconds);
        }
    }
}
