package io.milena.log;

import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/**
 * One entry of log.dirs.
 *
 * @param path absolute path, exists
 * @param id directory id from its meta.properties (KIP-858)
 */
public record LogDirectory(Path path, Uuid id) {}
