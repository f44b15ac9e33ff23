/** Kafka frames over Netty. */
@NullMarked
package io.milena.wire;

import org.jspecify.annotations.NullMarked;
