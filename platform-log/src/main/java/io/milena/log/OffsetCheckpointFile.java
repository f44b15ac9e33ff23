package io.milena.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint of one offset per partition: version 0, number of entries, then {@code topic partition offset} lines. Written
 * only when something changed. One caller at a time.
 */
final class OffsetCheckpointFile {
    static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    static final String LOG_STARTS = "log-start-offset-checkpoint";
    static final String HIGH_WATERMARKS = "replication-offset-checkpoint";
    static final String CLEANED = "cleaner-offset-checkpoint";
    private static final Logger LOG = LoggerFactory.getLogger(OffsetCheckpointFile.class);

    private final Path path;
    private Map<TopicPartition, Long> written = Map.of();
    private boolean known;

    OffsetCheckpointFile(Path directory, String name) {
        this.path = directory.resolve(name);
    }

    /** The entries; none if the file is missing, or damaged, which is logged: offsets are then found by recovery. */
    Map<TopicPartition, Long> read() throws IOException {
        try {
            Map<TopicPartition, Long> entries = parse(PlainFile.lines(path));
            written = entries;
            known = true;
            return entries;
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.warn("{} is damaged and ignored: {}", path, e.toString());
            return Map.of();
        }
    }

    private static Map<TopicPartition, Long> parse(List<String> lines) {
        if (lines.isEmpty()) {
            return Map.of();
        }
        if (!lines.get(0).trim().equals("0")) {
            throw new IllegalArgumentException("unknown version " + lines.get(0));
        }
        int count = Integer.parseInt(lines.get(1).trim());
        if (count < 0 || count > lines.size() - 2) {
            throw new IllegalArgumentException("expected " + count + " entries");
        }
        Map<TopicPartition, Long> entries = new HashMap<>(count * 2);
        for (int i = 0; i < count; i++) {
            String line = lines.get(i + 2);
            int first = line.indexOf(' ');
            int second = line.indexOf(' ', first + 1);
            TopicPartition partition =
                    new TopicPartition(line.substring(0, first), Integer.parseInt(line.substring(first + 1, second)));
            entries.put(partition, Long.parseLong(line.substring(second + 1).trim()));
        }
        return entries;
    }

    /** True if the file changed. */
    boolean write(Map<TopicPartition, Long> entries) throws IOException {
        if (known && entries.equals(written)) {
            return false;
        }
        StringBuilder text = new StringBuilder(entries.size() * 32);
        text.append("0\n").append(entries.size()).append('\n');
        entries.forEach((partition, offset) -> text.append(partition.topic())
                .append(' ')
                .append(partition.partition())
                .append(' ')
                .append(offset.longValue())
                .append('\n'));
        AtomicFile.write(path, List.of(text.substring(0, text.length() - 1)), true);
        written = Map.copyOf(entries);
        known = true;
        return true;
    }
}
