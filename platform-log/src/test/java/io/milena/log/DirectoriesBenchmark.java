package io.milena.log;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** Many partitions, by hand: create, append one batch each, restart clean, restart after a crash. Milliseconds and heap. */
public final class DirectoriesBenchmark {
    private static final Uuid TOPIC = Uuid.randomUuid();

    private DirectoriesBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int partitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        Path root = Path.of(arguments[0]);
        HostedDirectory.deleteQuietly(root);
        for (boolean written : new boolean[] {false, true}) {
            System.out.println(written ? "-- one batch each" : "-- empty");
            LogDirectories logs = timed("open", () -> open(root));
            timed("create", () -> create(logs, partitions));
            if (written) {
                timed("append", () -> append(logs));
            }
            timed("close", () -> close(logs));
            LogDirectories clean = timed("open after clean shutdown", () -> open(root));
            timed("touch every log", () -> touch(clean, partitions));
            heap();
            timed("checkpoint", () -> {
                clean.upkeep().checkpointLogOffsets();
                return null;
            });
            timed("close", () -> close(clean));
            Files.delete(root.resolve(".kafka_cleanshutdown"));
            LogDirectories crashed = timed("open after crash", () -> open(root));
            timed("touch every log", () -> touch(crashed, partitions));
            timed("close", () -> close(crashed));
        }
        HostedDirectory.deleteQuietly(root);
    }

    private static LogDirectories open(Path root) {
        return LogDirectories.open(
                List.of(new LogDirectory(root, Uuid.ONE_UUID)),
                topic -> LogConfig::defaults,
                new LogEnvironment(InstantSource.system(), (d, w, e) -> e.printStackTrace(), DelayedTasks.IMMEDIATE),
                2);
    }

    private static Object create(LogDirectories logs, int partitions) {
        for (int i = 0; i < partitions; i++) {
            logs.getOrCreate(new TopicPartition("topic", i), TOPIC, null, true);
        }
        return logs;
    }

    private static Object append(LogDirectories logs) {
        for (PartitionLog log : logs.logs()) {
            log.appendAsLeader(
                    Batches.idempotent(1, 0, 0, System.currentTimeMillis(), "value"), 0, AppendOrigin.CLIENT);
        }
        return logs;
    }

    private static Object touch(LogDirectories logs, int partitions) {
        long total = 0;
        for (int i = 0; i < partitions; i++) {
            PartitionLog log = logs.getOrCreate(new TopicPartition("topic", i), TOPIC, null, true);
            log.assignEpochStartOffset(5, log.logEndOffset());
            total += log.logEndOffset();
        }
        return total;
    }

    private static Object close(LogDirectories logs) {
        logs.close(1);
        return logs;
    }

    private static void heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf("%-28s %6d MB%n", "heap", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private static <T> T timed(String what, Work<T> work) throws Exception {
        long start = System.nanoTime();
        T result = work.run();
        System.out.printf("%-28s %6d ms%n", what, (System.nanoTime() - start) / 1_000_000);
        return result;
    }
}
