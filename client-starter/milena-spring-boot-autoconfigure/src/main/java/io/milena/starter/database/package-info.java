/**
 * Which database the events live in, and whose transactions they join. Touches nothing but transaction managers and the application's JDBC; runs
 * once, while the application context rises.
 */
@NullMarked
package io.milena.starter.database;

import org.jspecify.annotations.NullMarked;
