package io.milena.testkit.chaos;

import java.util.List;

/**
 * What a round did.
 *
 * @param nodes ids of those that were struck
 * @param unavailableMs the longest time without an acknowledgement in the partition that fared worst
 * @param metadataUnavailableMs the longest time without a successful change of the metadata
 * @param roundMs from the fault until all was well again and checked
 */
public record Outcome(
        int round,
        TargetedFault injected,
        List<Integer> nodes,
        long unavailableMs,
        long metadataUnavailableMs,
        long roundMs) {}
