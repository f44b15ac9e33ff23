/**
 * Nodes inside any JVM, without Spring: for tests, development and the demo. A node formats its own directory, listens on 127.0.0.1, and
 * is gone when closed. May touch the broker's node package only.
 */
@NullMarked
package io.milena.embedded;

import org.jspecify.annotations.NullMarked;
