/** How far the listeners are behind, per group and partition: gauges and an Actuator endpoint. Asks over the shared admin client. */
@NullMarked
package io.milena.starter.lag;

import org.jspecify.annotations.NullMarked;
