/**
 * What tests of whole clusters stand on, in two worlds: simulated ({@code sim}, {@code raft}, {@code cluster}), where one seed is one
 * history, and real ({@code process}, {@code chaos}), where processes are killed and their network is cut. Here is only the command that
 * plays seeds.
 */
@NullMarked
package io.milena.testkit;

import org.jspecify.annotations.NullMarked;
