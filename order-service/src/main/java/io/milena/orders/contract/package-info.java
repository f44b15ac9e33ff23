/**
 * The events this service sends and understands, as it sees them. Only names and fields here bind services to each other; no class
 * is shared. Plain records, no behaviour.
 */
@NullMarked
package io.milena.orders.contract;

import org.jspecify.annotations.NullMarked;
