/**
 * Labels of parcels: which carrier takes it, under which tracking number. Pure functions of immutable values, any thread; nothing here
 * knows a framework or a database.
 */
@NullMarked
package io.milena.shipping.label;

import org.jspecify.annotations.NullMarked;
