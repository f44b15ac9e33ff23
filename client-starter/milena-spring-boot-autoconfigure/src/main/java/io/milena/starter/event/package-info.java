/**
 * What an event is on the wire: JSON whose meaning is named by a logical type in CloudEvents headers, never by a Java class.
 * Plain values and one codec; no threads, no I/O, no Spring.
 */
@NullMarked
package io.milena.starter.event;

import org.jspecify.annotations.NullMarked;
