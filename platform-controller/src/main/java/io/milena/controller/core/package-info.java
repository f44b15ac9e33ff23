/**
 * What the cluster decides, as pure functions of (state, request, time): each piece returns records and a response, and only
 * {@code replay} mutates state. No threads, no I/O, no clock; randomness is an argument. Everything here runs on the
 * controller's thread, or on a test's.
 */
@NullMarked
package io.milena.controller.core;

import org.jspecify.annotations.NullMarked;
