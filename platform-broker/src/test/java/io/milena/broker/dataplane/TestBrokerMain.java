package io.milena.broker.dataplane;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** A test broker as a process of its own, for profiles. Prints its CPU time and allocation at each line of its input. */
public final class TestBrokerMain {
    private TestBrokerMain() {}

    /** Argument: an empty directory. */
    public static void main(String[] args) throws Exception {
        try (TestBroker broker = new TestBroker(Path.of(args[0]))) {
            broker.topic("bench", 1);
            System.out.println(broker.port() + " " + broker.topicId("bench"));
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
            OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            while (in.readLine() != null) {
                long allocated = 0;
                for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
                    allocated += Math.max(0, bytes);
                }
                System.out.printf(
                        "cpu %.3f s, allocated %.1f MB, log end %d%n",
                        os.getProcessCpuTime() / 1e9,
                        allocated / 1e6,
                        broker.partition("bench", 0).log().logEndOffset());
            }
        }
    }
}
