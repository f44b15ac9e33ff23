package io.milena.log;

/**
 * An offset together with where its batch lies.
 *
 * @param offset the offset
 * @param segmentBaseOffset base offset of the segment, or -1 if unknown
 * @param relativePosition position in the segment's file, bytes, or -1 if unknown
 */
public record LogOffsetMetadata(long offset, long segmentBaseOffset, int relativePosition) {
    static LogOffsetMetadata offsetOnly(long offset) {
        return new LogOffsetMetadata(offset, -1, -1);
    }

    /** True if the position is known. */
    public boolean hasPosition() {
        return relativePosition >= 0;
    }

    /** True if both lie in the same segment and their positions can be subtracted. */
    public boolean onSameSegment(LogOffsetMetadata other) {
        return hasPosition() && other.hasPosition() && segmentBaseOffset == other.segmentBaseOffset;
    }
}
