/**
 * Tests with a cluster in the JVM, by annotation: {@link io.milena.test.MilenaTest}. With Spring or without; only the customizer of contexts
 * touches Spring.
 */
@NullMarked
package io.milena.test;

import org.jspecify.annotations.NullMarked;
