package io.milena.broker.node;

import io.milena.broker.control.ControllerChannel;
import io.milena.broker.producerid.ProducerIdBlock;
import io.milena.broker.producerid.ProducerIdBlockSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Blocks of producer ids from the active controller (KIP-730). */
record ControllerProducerIds(ControllerChannel controllers, int brokerId, LongSupplier brokerEpoch)
        implements ProducerIdBlockSource {
    private static final long TIMEOUT_MS = 15_000;

    @Override
    public CompletableFuture<ProducerIdBlock> next() {
        AllocateProducerIdsRequestData request =
                new AllocateProducerIdsRequestData().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch.getAsLong());
        return controllers.send(request, TIMEOUT_MS).thenApply(answer -> {
            AllocateProducerIdsResponseData block = (AllocateProducerIdsResponseData) answer;
            Errors error = Errors.forCode(block.errorCode());
            if (error != Errors.NONE) {
                throw error.exception("The controller gave no producer ids: " + error.message());
            }
            return new ProducerIdBlock(block.producerIdStart(), block.producerIdLen());
        });
    }
}
