/** What the journey says, as a function of the facts. Pure: no framework, no I/O, no clock ({@code RoomsTest} keeps it so). */
@NullMarked
package io.milena.orders.journey.story;

import org.jspecify.annotations.NullMarked;
