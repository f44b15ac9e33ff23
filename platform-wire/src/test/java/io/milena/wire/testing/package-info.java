/** What other modules' tests need of the wire: a request without a socket. No thread of its own. */
@NullMarked
package io.milena.wire.testing;

import org.jspecify.annotations.NullMarked;
