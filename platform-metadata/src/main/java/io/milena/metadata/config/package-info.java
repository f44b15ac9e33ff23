/**
 * The one configuration, in Kafka's names: definitions as data, the typed view of a node's properties, and the effective
 * values of topics, brokers and groups. Pure: reads maps (and one properties file, when told to), no threads.
 */
@NullMarked
package io.milena.metadata.config;

import org.jspecify.annotations.NullMarked;
