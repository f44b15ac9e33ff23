package io.milena.coordinator.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * The coordinators of one internal topic on this node: a {@link Shard} for every partition of it that this broker leads.
 *
 * <pre>
 *  event loops ─ execute ─▶ mailbox of the shard ─▶ its thread: turn, turn, turn ─▶ append ─▶ log
 *                                  ▲    ▲                │                                      │
 *                     loader ──────╯    │                ╰─ timers (monotonic) ─╮               │
 *                                       ╰────────── committed ◀──────────────── ╯ ◀── high watermark
 * </pre>
 *
 * Turns run on a small, fixed number of threads; a partition always has the same one, so that a shard needs no locks. Loads
 * run on threads of their own: while one partition is read, all others serve and their timers run. All methods may be
 * called from any thread and return without blocking.
 */
public final class CoordinatorRuntime<S extends Shard> implements AutoCloseable {

    private final String topic;
    private final ShardRuntime.Shared<S> shared;
    private final CoordinatorThreads threads;
    private final Map<Integer, ShardRuntime<S>> shards = new ConcurrentHashMap<>();

    /**
     * @param topic whose partitions the shards are for
     * @param environment its threads end with the runtime
     * @param newShard makes an empty shard; any thread
     */
    public CoordinatorRuntime(
            String topic,
            RuntimeConfig config,
            CoordinatorEnvironment environment,
            RecordSerde serde,
            Supplier<S> newShard) {
        this.topic = topic;
        this.threads = environment.threads();
        this.shared = new ShardRuntime.Shared<>(
                config, environment.log(), environment.time(), serde, newShard, threads.loader());
    }

    // ---- partitions come and go

    /** This broker became leader of a partition: reads it, then serves it, as long as this epoch lasts. */
    public void onElection(int partition, int leaderEpoch) {
        shards.compute(partition, (index, present) -> {
            if (present != null) {
                if (present.leaderEpoch() >= leaderEpoch) {
                    return present;
                }
                present.close();
            }
            ShardRuntime<S> elected =
                    new ShardRuntime<>(new TopicPartition(topic, index), leaderEpoch, shared, threads.turns(index));
            elected.load();
            return elected;
        });
    }

    /** This broker does not lead the partition any more: whoever waits is answered with NOT_COORDINATOR. */
    public void onResignation(int partition, int leaderEpoch) {
        shards.computeIfPresent(partition, (index, present) -> {
            if (leaderEpoch < present.leaderEpoch()) {
                return present;
            }
            present.close();
            return null;
        });
    }

    /** A transaction marker was written to a partition and is committed. */
    public void onTransactionMarker(int partition, long producerId, boolean commit) {
        ShardRuntime<S> here = shards.get(partition);
        if (here != null) {
            here.execute(operation((shard, turn) -> shard.replayEndOfTransaction(producerId, commit), error -> {}));
        }
    }

    // ---- requests

    /** Does something in a turn of the partition's shard, soon; refuses if it is not here. */
    public void execute(int partition, ShardOperation<S> operation) {
        ShardRuntime<S> here = shards.get(partition);
        if (here == null) {
            operation.refused(Errors.NOT_COORDINATOR);
        } else {
            here.execute(operation);
        }
    }

    /** Something done in a shard's turn. */
    @FunctionalInterface
    public interface ShardAction<S extends Shard> {
        void run(S shard, Turn turn);
    }

    /** An operation of two functions. */
    public static <S extends Shard> ShardOperation<S> operation(ShardAction<S> action, Consumer<Errors> refused) {
        return new ShardOperation<>() {
            @Override
            public void run(S shard, Turn turn) {
                action.run(shard, turn);
            }

            @Override
            public void refused(Errors error) {
                refused.accept(error);
            }
        };
    }

    /**
     * Does something in a turn of every shard here.
     *
     * @return completes when all are through: with NONE, or with the error of a shard that could not
     */
    public CompletableFuture<Errors> executeOnAll(ShardAction<S> action) {
        List<CompletableFuture<Errors>> parts = new ArrayList<>();
        for (ShardRuntime<S> here : shards.values()) {
            CompletableFuture<Errors> part = new CompletableFuture<>();
            parts.add(part);
            here.execute(operation(
                    (shard, turn) -> {
                        action.run(shard, turn);
                        part.complete(Errors.NONE);
                    },
                    part::complete));
        }
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> parts.stream()
                        .map(CompletableFuture::join)
                        .filter(error -> error != Errors.NONE)
                        .findFirst()
                        .orElse(Errors.NONE));
    }

    /** Ends all shards, as if their partitions were led elsewhere, and then the threads. */
    @Override
    public void close() {
        shards.keySet().forEach(partition -> onResignation(partition, Integer.MAX_VALUE));
        threads.close();
    }
}
