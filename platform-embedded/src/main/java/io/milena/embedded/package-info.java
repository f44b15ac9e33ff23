/**
 * Nodes and clusters inside any JVM, without Spring: for tests, development and the demo. A node formats its own directory, listens on
 * 127.0.0.1, and is gone when closed. Public types show nothing of other rooms and libraries: applications get this room with those renamed (ADR 90).
 */
@NullMarked
package io.milena.embedded;

import org.jspecify.annotations.NullMarked;
