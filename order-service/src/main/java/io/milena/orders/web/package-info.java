/**
 * Orders over HTTP: translates requests into calls of the desk and answers into JSON, problems into RFC 9457 documents. Runs on the
 * servlet container's threads and decides nothing.
 */
@NullMarked
package io.milena.orders.web;

import org.jspecify.annotations.NullMarked;
