package io.milena.metadata;

/** Whether a partition's leader was elected uncleanly and has not yet recovered its log (KIP-704). */
public enum LeaderRecoveryState {
    /** The leader was elected from the ISR or ELR, or has recovered from an unclean election. */
    RECOVERED((byte) 0),
    /** The leader was elected from outside the ISR and its recovery is not finished. */
    RECOVERING((byte) 1);

    /** In a PartitionChange record: unchanged. */
    public static final byte NO_CHANGE = -1;

    private final byte value;

    LeaderRecoveryState(byte value) {
        this.value = value;
    }

    public byte value() {
        return value;
    }

    /** @throws IllegalArgumentException for a value that is neither 0 nor 1 */
    public static LeaderRecoveryState of(byte value) {
        return switch (value) {
            case 0 -> RECOVERED;
            case 1 -> RECOVERING;
            default -> throw new IllegalArgumentException("Unknown leader recovery state " + value);
        };
    }

    /** This state, or the one {@code value} names if that is not {@link #NO_CHANGE}. */
    public LeaderRecoveryState changedTo(byte value) {
        return value == NO_CHANGE ? this : of(value);
    }
}
