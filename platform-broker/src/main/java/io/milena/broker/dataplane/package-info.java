/**
 * The one place where the data plane is put together: registry, handlers, periodic tasks and what they need from outside. It
 * may know every package of the data plane; none of them knows it.
 */
@NullMarked
package io.milena.broker.dataplane;

import org.jspecify.annotations.NullMarked;
