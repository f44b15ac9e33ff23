/**
 * The application's one connection for questions about the broker: is it there, what topics has it. Creates the declared topics
 * and starts the listeners when the broker answers, however late. One background thread until then, none after.
 */
@NullMarked
package io.milena.starter.broker;

import org.jspecify.annotations.NullMarked;
