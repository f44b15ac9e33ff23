/**
 * Customers of the three services, as they are seen from outside: over HTTP, and by the topic {@code orders}. {@code LoadRun} is the
 * story: products are put on sale, customers place orders at the pace asked for and call some off, a table is drawn up. Knows neither
 * the services' classes nor the platform. Every customer is a thread of its own; one more watches the topic, one shows how far we are.
 */
@NullMarked
package io.milena.demo.load;

import org.jspecify.annotations.NullMarked;
