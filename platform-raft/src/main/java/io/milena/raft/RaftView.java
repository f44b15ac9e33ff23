package io.milena.raft;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import java.util.Optional;

/** What other threads may know of the driver, as of its last turn. */
record RaftView(
        LeaderAndEpoch leader, Optional<HostPort> leaderAddress, long highWatermark, long logEndOffset, String role) {}
