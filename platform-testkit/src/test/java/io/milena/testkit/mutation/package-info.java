/**
 * The mutation gate: bugs that others have made are planted in our source, one at a time, and a simulation must find each. Nothing in
 * the production code knows of it: a {@link io.milena.testkit.mutation.Mutant} is a text file in {@code src/test/mutants} that says what to
 * replace where, the changed class is compiled in memory, and the simulation runs again with it in a class loader of its own.
 */
package io.milena.testkit.mutation;
