/** Assembles the starter: every bean conditional and replaceable. Runs once, while the application context rises. */
@NullMarked
package io.milena.starter.autoconfigure;

import org.jspecify.annotations.NullMarked;
