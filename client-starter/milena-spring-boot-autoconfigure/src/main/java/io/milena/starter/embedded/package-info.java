/**
 * A broker inside the application, for tests and development: there when {@code milena-embedded} is on the classpath and nobody has said where
 * another one is. One thread starts it beside the application context.
 */
@NullMarked
package io.milena.starter.embedded;

import org.jspecify.annotations.NullMarked;
