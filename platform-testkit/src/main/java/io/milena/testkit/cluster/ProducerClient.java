package io.milena.testkit.cluster;

import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** An idempotent producer with acks=all: each batch is sent again, with its sequence, until it is acknowledged. */
final class ProducerClient extends ClientNode {
    private static final int TIMEOUT_MS = 1_500;

    private final List<Lane> lanes = new ArrayList<>();
    private long producerId = -1;
    private boolean producing = true;

    ProducerClient(Host host, Cluster cluster, int partitions) {
        super(host, cluster);
        for (int index = 0; index < partitions; index++) {
            lanes.add(new Lane(index));
        }
    }

    @Override
    void begin() {
        init();
    }

    /** No new batches; those under way are finished. */
    void finish() {
        producing = false;
    }

    /** Whether it has its producer id. */
    boolean isReady() {
        return producerId >= 0;
    }

    boolean isFinished() {
        return lanes.stream().allMatch(lane -> lane.values.isEmpty());
    }

    /** One more batch for each partition, whether or not there are to be more. */
    void oneMore() {
        lanes.stream().filter(lane -> lane.values.isEmpty()).forEach(Lane::next);
    }

    @Override
    public String toString() {
        return "producer " + producerId + " waits for " + lanes;
    }

    private void init() {
        List<BrokerNode> serving =
                cluster().brokers().stream().filter(BrokerNode::serves).toList();
        if (serving.isEmpty()) {
            after(100, this::init);
            return;
        }
        InitProducerIdRequestData request =
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1_000);
        ask(cluster().map().broker(dice.pick(serving).id()), request, TIMEOUT_MS, (answer, failure) -> {
            if (answer instanceof InitProducerIdResponseData response && response.errorCode() == 0) {
                producerId = response.producerId();
                cluster().producerIdGiven(producerId);
                lanes.forEach(Lane::later);
            } else {
                after(100, this::init);
            }
        });
    }

    /** The batches for one partition, one at a time. */
    private final class Lane {
        private final int index;
        private List<String> values = List.of();
        private int sequence;
        private long next;
        private int knownEpoch;
        private String last = "nothing";

        Lane(int index) {
            this.index = index;
        }

        void later() {
            after(dice.between(5, 80), () -> {
                if (producing) {
                    next();
                }
            });
        }

        void next() {
            if (producerId < 0) {
                return;
            }
            List<String> batch = new ArrayList<>();
            for (int i = dice.below(3); i >= 0; i--) {
                batch.add("p" + host().id() + "-" + next++);
            }
            values = batch;
            send();
        }

        private void send() {
            Seen partition = find(index);
            // As clients do: what is known already is not given up for what an older image says.
            if (partition == null
                    || !partition.registration().hasLeader()
                    || partition.registration().leaderEpoch() < knownEpoch) {
                again("no leader known");
                return;
            }
            knownEpoch = partition.registration().leaderEpoch();
            ProduceRequestData request = new ProduceRequestData()
                    .setAcks((short) -1)
                    .setTimeoutMs(TIMEOUT_MS)
                    .setTransactionalId(null);
            request.topicData()
                    .add(new ProduceRequestData.TopicProduceData()
                            .setName(TOPIC)
                            .setTopicId(partition.key().topicId())
                            .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                    .setIndex(index)
                                    .setRecords(records()))));
            ask(
                    cluster().map().broker(partition.registration().leader()),
                    request,
                    TIMEOUT_MS * 2,
                    (answer, failure) -> answered(partition, answer, failure));
        }

        private MemoryRecords records() {
            SimpleRecord[] records = values.stream()
                    .map(value -> new SimpleRecord(host().clock().wallMs(), value.getBytes(StandardCharsets.UTF_8)))
                    .toArray(SimpleRecord[]::new);
            return MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) 0, sequence, records);
        }

        private void answered(Seen partition, @Nullable ApiMessage answer, @Nullable Throwable failure) {
            if (!(answer instanceof ProduceResponseData response)) {
                again(String.valueOf(failure));
                return;
            }
            PartitionProduceResponse result =
                    response.responses().iterator().next().partitionResponses().get(0);
            Errors error = Errors.forCode(result.errorCode());
            last = error.toString();
            switch (error) {
                case NONE -> {
                    cluster().ledger().acknowledged(partition.key(), result.baseOffset(), values);
                    sequence += values.size();
                    values = List.of();
                    later();
                }
                case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH ->
                    throw new Violation("Producer " + producerId + " is told " + error + " about sequence " + sequence
                            + " of partition " + index + ": something acknowledged is gone");
                default -> again(error.toString());
            }
        }

        private void again(String why) {
            last = why;
            after(dice.between(20, 150), this::send);
        }

        @Override
        public String toString() {
            return "partition " + index + ": " + values + " after " + last;
        }
    }
}
