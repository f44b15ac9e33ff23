package io.milena.raft.storage;

import io.milena.records.OffsetAndEpoch;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A snapshot's file name: 20 digits of end offset, 10 of epoch, {@code .checkpoint}; with {@code .part} while written and
 * {@code .deleted} while going.
 *
 * @param id what the name says
 * @param kind whether it is complete
 */
public record SnapshotPath(OffsetAndEpoch id, Kind kind) {
    private static final String SUFFIX = ".checkpoint";
    private static final int OFFSET_DIGITS = 20;
    private static final int EPOCH_DIGITS = 10;

    /** What state a file is in. */
    public enum Kind {
        COMPLETE(SUFFIX),
        PARTIAL(SUFFIX + ".part"),
        DELETED(SUFFIX + ".deleted");

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    public static Path of(Path directory, OffsetAndEpoch id, Kind kind) {
        return directory.resolve(
                digits(id.offset(), OFFSET_DIGITS) + "-" + digits(id.epoch(), EPOCH_DIGITS) + kind.suffix);
    }

    /** Empty if the name is not a snapshot's. */
    public static Optional<SnapshotPath> parse(String name) {
        for (Kind kind : Kind.values()) {
            if (name.length() == OFFSET_DIGITS + 1 + EPOCH_DIGITS + kind.suffix.length()
                    && name.endsWith(kind.suffix)
                    && name.charAt(OFFSET_DIGITS) == '-') {
                try {
                    long offset = Long.parseLong(name.substring(0, OFFSET_DIGITS));
                    int epoch = Integer.parseInt(name.substring(OFFSET_DIGITS + 1, OFFSET_DIGITS + 1 + EPOCH_DIGITS));
                    return Optional.of(new SnapshotPath(new OffsetAndEpoch(offset, epoch), kind));
                } catch (NumberFormatException notDigits) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static String digits(long number, int width) {
        String digits = Long.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
