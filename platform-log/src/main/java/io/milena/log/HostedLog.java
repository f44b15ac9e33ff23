package io.milena.log;

/** A log and the directory it lies in. */
record HostedLog(PartitionLog log, HostedDirectory directory) {}
