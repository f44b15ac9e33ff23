package io.milena.broker.producerid;

/**
 * A range of producer ids this broker may give away.
 *
 * @param first the first id
 * @param size how many ids, at least 1
 */
public record ProducerIdBlock(long first, int size) {
    public ProducerIdBlock {
        if (first < 0 || size < 1) {
            throw new IllegalArgumentException("Producer id block from " + first + " of size " + size);
        }
    }

    /** The id after the last of the block. */
    public long end() {
        return first + size;
    }
}
