/**
 * The broker inside a test's JVM: what a start costs there, ours and that of Apache Kafka's test kit, on which spring-kafka-test's
 * {@code @EmbeddedKafka} is built. The measured program, {@code FirstStart}, is among the tests' classes, since Kafka's engine may be on no
 * other class path.
 */
@NullMarked
package io.milena.bench.embedded;

import org.jspecify.annotations.NullMarked;
