/**
 * Brokers in containers: a broker that a container engine started is told where its mapped port is, and the service is told where
 * the broker is. Spring Boot calls in here while it starts; the main thread, once per container.
 */
@NullMarked
package io.milena.starter.docker;

import org.jspecify.annotations.NullMarked;
