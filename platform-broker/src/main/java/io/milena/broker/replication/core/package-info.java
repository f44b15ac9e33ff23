/**
 * The pure heart of replication: what a replica of a partition is and knows, and what follows from that for its high watermark,
 * its in-sync replicas and its log. {@link ReplicaState} is the heart of one replica, {@link FollowerRules} says what a follower
 * does to its log upon its leader's answer, {@link ProposalAnswer} what a controller's answer means. Functions of state,
 * event and time: no thread, lock, file, clock or socket. {@code io.milena.broker.partition} and {@code
 * io.milena.broker.replication} are the hands; the simulated cluster runs the same code.
 */
@NullMarked
package io.milena.broker.replication.core;

import org.jspecify.annotations.NullMarked;
