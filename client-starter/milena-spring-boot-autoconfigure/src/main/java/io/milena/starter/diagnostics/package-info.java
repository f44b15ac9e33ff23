/** Says in two sentences why an application that needs Kafka did not start. Runs once, after the failure. */
@NullMarked
package io.milena.starter.diagnostics;

import org.jspecify.annotations.NullMarked;
