package io.milena.broker.dataplane;

import io.milena.broker.partition.Partition;
import io.milena.log.AppendOrigin;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** How long many partitions take to be created, used once, closed and opened again. For profiles. */
public final class PartitionCountMain {
    private PartitionCountMain() {}

    /** Arguments: directory, topics, partitions per topic. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int topics = Integer.parseInt(args[1]);
        int partitions = Integer.parseInt(args[2]);
        for (int round = 0; round < 2; round++) {
            long t0 = System.nanoTime();
            TestBroker broker = new TestBroker(directory);
            long t1 = System.nanoTime();
            for (int i = 0; i < topics; i++) {
                broker.topic("topic-" + i, new Uuid(5, i + 1), partitions);
            }
            long t2 = System.nanoTime();
            for (int i = 0; i < topics; i++) {
                for (int p = 0; p < partitions; p++) {
                    touch(broker.partition("topic-" + i, p));
                }
            }
            long t3 = System.nanoTime();
            System.gc();
            long heap =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            System.out.printf(
                    "open %d ms, host %d ms, append to each %d ms, heap %d MB%n",
                    (t1 - t0) / 1_000_000, (t2 - t1) / 1_000_000, (t3 - t2) / 1_000_000, heap >> 20);
            long t4 = System.nanoTime();
            if (args.length > 3 && round == 1) {
                System.out.println(new String(new ProcessBuilder(
                                "sh",
                                "-c",
                                "ls /proc/" + ProcessHandle.current().pid() + "/fd | wc -l; grep -E 'VmRSS' /proc/"
                                        + ProcessHandle.current().pid() + "/status")
                        .start()
                        .getInputStream()
                        .readAllBytes()));
                broker.plane().registry().directories().upkeep().applyRetention(System.currentTimeMillis());
                System.out.printf("retention %d ms%n", (System.nanoTime() - t4) / 1_000_000);
                t4 = System.nanoTime();
                broker.plane().registry().directories().upkeep().checkpointHighWatermarks();
                System.out.printf("checkpoint %d ms%n", (System.nanoTime() - t4) / 1_000_000);
                Runtime.getRuntime().halt(9);
            }
            broker.close();
            System.out.printf("close %d ms%n", (System.nanoTime() - t4) / 1_000_000);
        }
    }

    private static void touch(Partition partition) {
        partition.append(
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(System.currentTimeMillis(), new byte[10])),
                true,
                AppendOrigin.CLIENT);
    }
}
