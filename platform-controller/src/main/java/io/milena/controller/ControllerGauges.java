package io.milena.controller;

/**
 * What an operator watches, as Kafka's controller metrics name it; a moment's figures of the speculative state.
 *
 * @param activeController whether this node decides
 * @param activeBrokerCount registered and unfenced
 * @param fencedBrokerCount registered and fenced
 * @param globalTopicCount topics
 * @param globalPartitionCount partitions
 * @param offlinePartitionsCount partitions without a leader
 * @param preferredReplicaImbalanceCount partitions not led by their first replica
 */
public record ControllerGauges(
        boolean activeController,
        int activeBrokerCount,
        int fencedBrokerCount,
        int globalTopicCount,
        int globalPartitionCount,
        int offlinePartitionsCount,
        int preferredReplicaImbalanceCount) {}
