/**
 * Questions with a history: a group lives and dies, a producer counts its batches, a fetch session goes on. Each {@link
 * io.milena.compare.script.Script} works on topics and groups of its own and runs on the caller's thread.
 */
@NullMarked
package io.milena.compare.script;

import org.jspecify.annotations.NullMarked;
