/** A Milena broker in a container for tests, and how Spring Boot finds it. Knows the starter and Testcontainers, not the platform. */
@NullMarked
package io.milena.testcontainers;

import org.jspecify.annotations.NullMarked;
