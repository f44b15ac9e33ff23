package io.milena.log;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Told once for each log directory that fails (I/O error, full disk, read-only file system). The directory is offline from
 * then on: appends and reads of its logs throw {@link org.apache.kafka.common.errors.KafkaStorageException}.
 */
@FunctionalInterface
public interface StorageFailureListener {
    /**
     * @param logDir the log directory (parent of the partition's directory)
     * @param what what was being done, with file and offsets, for the operator
     * @param cause the error
     */
    void onStorageFailure(Path logDir, String what, IOException cause);
}
