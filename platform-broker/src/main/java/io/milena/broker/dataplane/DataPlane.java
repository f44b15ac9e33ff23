package io.milena.broker.dataplane;

import io.milena.broker.fetch.FetchHandler;
import io.milena.broker.fetch.LeaderThrottle;
import io.milena.broker.logdirs.AlterReplicaLogDirsHandler;
import io.milena.broker.logdirs.DescribeLogDirsHandler;
import io.milena.broker.logdirs.ReplicaMoves;
import io.milena.broker.offsets.DeleteRecordsHandler;
import io.milena.broker.offsets.DescribeProducersHandler;
import io.milena.broker.offsets.ListOffsetsHandler;
import io.milena.broker.offsets.OffsetForLeaderEpochHandler;
import io.milena.broker.partition.DataPlaneThreads;
import io.milena.broker.partition.DirectoryAssignments;
import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.LoopTimer;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.broker.partition.PartitionTasks;
import io.milena.broker.partition.TopicMeters;
import io.milena.broker.partition.TopicSettings;
import io.milena.broker.produce.ProduceHandler;
import io.milena.broker.producerid.InitProducerIdHandler;
import io.milena.broker.producerid.ProducerIdBlockSource;
import io.milena.broker.producerid.ProducerIds;
import io.milena.log.LogDirectories;
import io.milena.wire.ApiHandler;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.replica.ReplicaSelector;
import org.jspecify.annotations.Nullable;

/**
 * The data plane of one broker: its partitions and the handlers that serve them. Owns the log directories from construction
 * on. Starts no thread; the scheduler runs the periodic tasks after {@link #start()}.
 */
public final class DataPlane {
    private static final long MOVES_MS = 1_000;

    private final DataPlaneConfig config;
    private final LogDirectories directories;
    private final TopicMeters meters = new TopicMeters();
    private final PartitionRegistry registry;
    private final PartitionTasks tasks;
    private final ReplicaMoves moves;
    private final FetchHandler fetch;
    private final ProduceHandler produce;
    private final List<ApiHandler<?>> handlers;

    /**
     * @param settings the same that {@code directories} was opened with
     * @param image answers from the newest metadata image
     * @param blocks producer ids from the controller
     * @param assignments told of replicas that lie in another directory than the image says
     * @param throttle of followers that fetch here
     * @param selector of the replicas that consumers read from, null if all read from leaders
     */
    public DataPlane(
            DataPlaneConfig config,
            TopicSettings settings,
            LogDirectories directories,
            ImageLookup image,
            ProducerIdBlockSource blocks,
            DirectoryAssignments assignments,
            InstantSource clock,
            DataPlaneThreads threads,
            LeaderThrottle throttle,
            @Nullable ReplicaSelector selector) {
        this.config = config;
        this.directories = directories;
        this.registry = new PartitionRegistry(config.brokerId(), directories, settings, meters, assignments, clock);
        this.tasks = new PartitionTasks(directories.upkeep(), registry, clock, threads);
        this.moves = new ReplicaMoves(registry, assignments, config.moveThreads());
        LoopTimer timer = new LoopTimer(threads.timers());
        this.fetch = new FetchHandler(
                registry, image, timer, clock, config.fetchSessionSlots(), config.fetchMaxBytes(), throttle, selector);
        this.produce = new ProduceHandler(registry, image, timer);
        this.handlers = List.of(
                produce,
                fetch,
                new ListOffsetsHandler(registry, image),
                new OffsetForLeaderEpochHandler(registry, image),
                new DeleteRecordsHandler(registry, image, timer),
                new DescribeProducersHandler(registry, image),
                new DescribeLogDirsHandler(registry, threads.disk()),
                new AlterReplicaLogDirsHandler(registry, moves),
                new InitProducerIdHandler(new ProducerIds(blocks)));
    }

    /** All handlers of the data plane, for the broker's listeners. */
    public List<ApiHandler<?>> handlers() {
        return handlers;
    }

    public PartitionRegistry registry() {
        return registry;
    }

    public TopicMeters meters() {
        return meters;
    }

    /** Fetches that wait for bytes at this moment. */
    public int parkedFetches() {
        return fetch.parkedFetches();
    }

    /** Produces that wait for replicas at this moment. */
    public int waitingProduces() {
        return produce.waitingProduces();
    }

    /** Incremental fetch sessions at this moment. */
    public int fetchSessions() {
        return fetch.sessionCount();
    }

    /** Replicas on their way between log directories. */
    public ReplicaMoves moves() {
        return moves;
    }

    /** Begins the periodic tasks. */
    public void start() {
        tasks.start(config.intervals());
        tasks.onDisk("moves between log directories", MOVES_MS, MOVES_MS, moves::resume);
    }

    /**
     * Clean shutdown, after the listeners are closed: ends the tasks, flushes and closes all logs and writes the
     * clean-shutdown files.
     *
     * @param brokerEpoch of this broker's registration, -1 if it never registered
     */
    public void close(long brokerEpoch) {
        tasks.close();
        moves.close();
        directories.close(brokerEpoch);
    }

    /** As a killed process would end: the tasks too, but the logs stay as they are. */
    public void halt() {
        tasks.close();
        moves.close();
        directories.halt();
    }
}
