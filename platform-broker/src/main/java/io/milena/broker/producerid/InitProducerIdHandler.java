package io.milena.broker.producerid;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * InitProducerId (22) for idempotent producers: a fresh id with epoch 0. A transactional id is answered with
 * UNSUPPORTED_VERSION, which clients treat as final and name in their error, until there is a transaction coordinator.
 */
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequestData> {
    private final ProducerIds ids;

    public InitProducerIdHandler(ProducerIds ids) {
        this.ids = ids;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public void handle(Exchange<InitProducerIdRequestData> exchange) {
        InitProducerIdRequestData request = exchange.request();
        Errors refusal = refusal(request);
        if (refusal != Errors.NONE) {
            exchange.respond(failed(refusal));
            return;
        }
        CompletableFuture<Long> id = ids.take();
        id.whenComplete((producerId, error) -> exchange.respond(
                error != null
                        ? failed(Errors.forException(error))
                        : new InitProducerIdResponseData()
                                .setProducerId(producerId)
                                .setProducerEpoch((short) 0)));
    }

    private static Errors refusal(InitProducerIdRequestData request) {
        String transactionalId = request.transactionalId();
        if (transactionalId != null) {
            return transactionalId.isEmpty() ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION;
        }
        boolean hasId = request.producerId() != RecordBatch.NO_PRODUCER_ID;
        boolean hasEpoch = request.producerEpoch() != RecordBatch.NO_PRODUCER_EPOCH;
        return hasId != hasEpoch ? Errors.INVALID_REQUEST : Errors.NONE;
    }

    private static InitProducerIdResponseData failed(Errors error) {
        return new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(RecordBatch.NO_PRODUCER_ID)
                .setProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH);
    }
}
