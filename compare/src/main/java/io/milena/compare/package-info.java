/**
 * The differential suite behind {@code bin/compare-kafka}: one run asks Apache Kafka and Milena the same questions over the wire and compares
 * the answers field by field. {@link io.milena.compare.Compare} is the command; {@code Interview} asks one question of both servers and
 * keeps what differs; {@code Mutations} derives questions from the message schemas, the classes in {@code script} ask what needs a history.
 * Knows both servers only as processes to start ({@code platform-testkit}) and as peers on a socket. The caller's thread asks; each server
 * has one thread that waits for its answer.
 */
@NullMarked
package io.milena.compare;

import org.jspecify.annotations.NullMarked;
