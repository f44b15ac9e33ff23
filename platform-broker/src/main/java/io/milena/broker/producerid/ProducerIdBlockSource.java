package io.milena.broker.producerid;

import java.util.concurrent.CompletableFuture;

/** Where blocks of producer ids come from: the active controller, by AllocateProducerIds (KIP-730). */
@FunctionalInterface
public interface ProducerIdBlockSource {
    /**
     * Asks for the next block. Must not block; the future may complete on any thread.
     *
     * @return a block no other broker was or will be given, or a failure (a KafkaException where the controller answered one)
     */
    CompletableFuture<ProducerIdBlock> next();
}
