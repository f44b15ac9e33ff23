package io.milena.testkit.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One of Apache Kafka's own commands as a process. */
public final class ApacheKafkaCommand {
    private ApacheKafkaCommand() {}

    /** The command, not yet started; its errors come with its output. */
    public static ProcessBuilder of(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Engine.java(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        command.addAll(Engine.toolsOptions());
        command.add(mainClass);
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }
}
