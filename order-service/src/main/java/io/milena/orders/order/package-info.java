/**
 * Orders. {@code Order} and {@code OrderState} are pure; {@code OrderDesk} runs one transaction per decision on the caller's thread;
 * controller and listener only translate.
 */
@NullMarked
package io.milena.orders.order;

import org.jspecify.annotations.NullMarked;
