package io.milena.log;

/** Who appends, which decides how far a batch is trusted. */
public enum AppendOrigin {
    /** A producer: exactly one batch, no control records, sequences checked. */
    CLIENT,
    /** A group or transaction coordinator of this node: control batches (transaction markers) allowed. */
    COORDINATOR,
    /** The Raft leader's own batches; control batches allowed, no producer state. */
    RAFT_LEADER,
    /** Copied from a leader: offsets and epochs are already assigned, only integrity is checked. */
    REPLICATION
}
