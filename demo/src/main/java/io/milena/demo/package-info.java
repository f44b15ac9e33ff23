/**
 * The whole flow in one JVM: a node, three services, and a replay of orders through them. {@code Demo} is the story; everything else
 * is one step of it. Runs on the main thread but for the parallel start of the services.
 */
@NullMarked
package io.milena.demo;

import org.jspecify.annotations.NullMarked;
