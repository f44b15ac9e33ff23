/**
 * The doorstep: main classes, and the Spring Boot application that is raised around a running node (health, metrics, endpoints). The
 * only package of this module that knows Spring; the node neither needs it nor waits for it.
 */
@NullMarked
package io.milena.broker.app;

import org.jspecify.annotations.NullMarked;
