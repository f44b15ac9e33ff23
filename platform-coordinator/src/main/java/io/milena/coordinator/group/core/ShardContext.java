package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.TimerQueue;

/** What the groups of another type share with the rest of their shard. */
public record ShardContext(TimerQueue timers, ClassicGroups classicGroups) {}
