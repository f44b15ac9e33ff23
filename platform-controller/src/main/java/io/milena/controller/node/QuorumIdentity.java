package io.milena.controller.node;

import org.apache.kafka.common.Uuid;

/**
 * Which node of which cluster a process is, from the meta.properties of its metadata log directory.
 *
 * @param clusterId the cluster
 * @param metadataDirectoryId the directory that holds the metadata log
 */
public record QuorumIdentity(String clusterId, Uuid metadataDirectoryId) {}
