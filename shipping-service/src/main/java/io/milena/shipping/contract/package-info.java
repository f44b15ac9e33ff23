/**
 * The events this service sends and understands, with the fields it needs and no more. Plain records, no behaviour.
 */
@NullMarked
package io.milena.shipping.contract;

import org.jspecify.annotations.NullMarked;
