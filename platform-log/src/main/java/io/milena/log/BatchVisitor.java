package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Sees each valid batch of a walk, in order. */
@FunctionalInterface
interface BatchVisitor {
    /**
     * @param bytes buffer that holds the whole batch, only for the time of the call
     * @param at index of the batch's first byte
     */
    void visit(ByteBuffer bytes, int at) throws IOException;
}
