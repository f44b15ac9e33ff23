/** Coordinators of internal topics in the simulated world: see {@code docs/simulation.md}. */
@NullMarked
package io.milena.testkit.coordinator;

import org.jspecify.annotations.NullMarked;
