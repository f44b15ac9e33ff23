package io.milena.broker.app;

import io.milena.broker.node.MilenaNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when every log directory is online, writable and has space. */
record LogDirectoriesHealth(MilenaNode node) implements HealthIndicator {
    private static final long LEAST_FREE_BYTES = 64L * 1024 * 1024;

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        for (Path directory : node.logDirs()) {
            String finding = finding(directory);
            health.withDetail(directory.toString(), finding.isEmpty() ? "online" : finding);
            if (!finding.isEmpty()) {
                health.down();
            }
        }
        return health.build();
    }

    private String finding(Path directory) {
        if (node.offlineLogDirs().contains(directory)) {
            return "offline after a storage failure; see the log";
        }
        if (!Files.isWritable(directory)) {
            return "not writable";
        }
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            return free < LEAST_FREE_BYTES ? "only " + free / (1024 * 1024) + " MiB free" : "";
        } catch (IOException e) {
            return "cannot be examined: " + e.getMessage();
        }
    }
}
