package io.milena.broker.produce;

import io.milena.broker.partition.LoopTimer;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionWatch;
import io.milena.broker.partition.PartitionWatcher;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * An acks=all produce whose records are appended here but not yet on all in-sync replicas. Lives on its connection's event
 * loop; a partition that moves only asks the loop to look again. Answers when every partition's high watermark has passed, when
 * leadership is lost, or when the request's time is up.
 */
final class ReplicationWait implements PartitionWatcher, Runnable {
    private record Awaited(Partition partition, int leaderEpoch, long endOffset, PartitionProduceResponse answer) {}

    private final Exchange<ProduceRequestData> exchange;
    private final ProduceResponseData response;
    private final ProduceErrors errors;
    private final AtomicInteger waiting;
    private final List<Awaited> pending = new ArrayList<>(1);
    private final List<PartitionWatch> watches = new ArrayList<>(1);
    private final AtomicBoolean lookAgain = new AtomicBoolean();
    private @Nullable Future<?> deadline;
    private boolean answered;

    ReplicationWait(
            Exchange<ProduceRequestData> exchange,
            ProduceResponseData response,
            ProduceErrors errors,
            AtomicInteger waiting) {
        this.exchange = exchange;
        this.response = response;
        this.errors = errors;
        this.waiting = waiting;
    }

    /** Has the answer wait until the records up to {@code endOffset}, appended in {@code leaderEpoch}, are committed. */
    void add(Partition partition, int leaderEpoch, long endOffset, PartitionProduceResponse answer) {
        pending.add(new Awaited(partition, leaderEpoch, endOffset, answer));
    }

    void start(LoopTimer timer, int timeoutMs) {
        waiting.incrementAndGet();
        for (Awaited awaited : pending) {
            watches.add(awaited.partition().watch(this, COMMITTED | CHANGED));
        }
        deadline = timer.after(timeoutMs, exchange.eventLoop(), this::timeUp);
        run();
    }

    @Override
    public void onPartitionMoved(int moves) {
        if (!lookAgain.get() && lookAgain.compareAndSet(false, true)) {
            exchange.eventLoop().execute(this);
        }
    }

    @Override
    public void run() {
        lookAgain.set(false);
        if (answered) {
            return;
        }
        pending.removeIf(this::settled);
        if (pending.isEmpty()) {
            answer();
        }
    }

    private boolean settled(Awaited awaited) {
        Partition partition = awaited.partition();
        PartitionProduceResponse answer = awaited.answer();
        Errors outcome = partition.acknowledgement(awaited.leaderEpoch(), awaited.endOffset());
        if (outcome == null) {
            return false;
        }
        if (outcome != Errors.NONE) {
            errors.fill(answer, outcome, null);
        }
        if (outcome == Errors.NOT_LEADER_OR_FOLLOWER) {
            errors.addLeader(response, answer, partition.topic(), partition.topicId(), exchange);
        }
        return true;
    }

    private void timeUp() {
        if (answered) {
            return;
        }
        pending.removeIf(this::settled);
        for (Awaited awaited : pending) {
            errors.fill(awaited.answer(), Errors.REQUEST_TIMED_OUT, null);
        }
        answer();
    }

    private void answer() {
        answered = true;
        watches.forEach(PartitionWatch::close);
        if (deadline != null) {
            deadline.cancel(false);
        }
        waiting.decrementAndGet();
        exchange.respond(response);
    }
}
