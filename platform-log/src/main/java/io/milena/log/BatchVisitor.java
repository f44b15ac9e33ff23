package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Sees each valid batch of a walk, in order. */
@FunctionalInterface
interface BatchVisitor {
    /**
     * @param bytes buffer that holds the batch's header, and its records if it is a control batch; only for the time of the call
     * @param at index of the batch's first byte
     */
    void visit(ByteBuffer bytes, int at) throws IOException;
}
