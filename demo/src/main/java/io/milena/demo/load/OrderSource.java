package io.milena.demo.load;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Products and the orders for them, by number. From any thread. */
public interface OrderSource {

    /** What it is, for people. */
    String name();

    List<SampleProduct> products();

    /** How many orders there are; {@link Long#MAX_VALUE} if there is no end. */
    long count();

    /**
     * The order of a number, from 0.
     *
     * @param dueUs when it is due, in microseconds since the run began
     */
    Wish order(long number, long dueUs);

    /** When an order of this source was due, in microseconds since the run began; -1 if it is not of this source. */
    long dueUs(String orderId);

    /**
     * An order to be placed.
     *
     * @param json the request
     * @param cancelAfterMs how long after the answer the customer calls it off, null if never
     */
    record Wish(String orderId, String json, @Nullable Integer cancelAfterMs) {}
}
