package io.milena.log;

import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/**
 * One entry of log.dirs.
 *
 * @param path absolute path, exists unless its disk failed
 * @param id directory id from its meta.properties (KIP-858); {@link #unidentified} has none
 */
public record LogDirectory(Path path, Uuid id) {
    /** A directory whose meta.properties cannot be read: offline until a restart finds it well. */
    public static LogDirectory unidentified(Path path) {
        return new LogDirectory(path, Uuid.ZERO_UUID);
    }

    public boolean isIdentified() {
        return !id.equals(Uuid.ZERO_UUID);
    }
}
