package io.milena.coordinator.group;

import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.group.core.Turn;
import org.apache.kafka.common.protocol.Errors;

/** Something to be done in a shard's turn. Exactly one of the two is called, once, on any thread; neither may block. */
public interface ShardOperation {

    /** It is this operation's turn. */
    void run(GroupShard shard, Turn turn);

    /** The shard is not here (NOT_COORDINATOR), still loading (COORDINATOR_LOAD_IN_PROGRESS), or failed. */
    void refused(Errors error);
}
