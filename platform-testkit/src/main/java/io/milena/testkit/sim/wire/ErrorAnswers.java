package io.milena.testkit.sim.wire;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/** The form an error takes in each API, as kafka-clients knows it. */
final class ErrorAnswers {
    private ErrorAnswers() {}

    /** Null if the request asked for no answer. */
    static @Nullable ApiMessage of(ApiMessage request, ApiKeys api, short version, Throwable error) {
        AbstractRequest typed = AbstractRequest.parseRequest(
                        api,
                        version,
                        new ByteBufferAccessor(MessageUtil.toByteBufferAccessor(request, version)
                                .buffer()))
                .request;
        AbstractResponse response = typed.getErrorResponse(0, error);
        return response == null ? null : response.data();
    }
}
