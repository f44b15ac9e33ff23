package io.milena.wire;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** ApiVersions (18): tells what is registered, and remembers what the client says it is (KIP-35, KIP-511, KIP-584). */
final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequestData> {

    private final VersionsAnswer versions;

    ApiVersionsHandler(VersionsAnswer versions) {
        this.versions = versions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public void handle(Exchange<ApiVersionsRequestData> exchange) {
        ApiVersionsRequestData request = exchange.request();
        if (exchange.version() < 3) {
            exchange.respond(versions.answer(exchange.version()));
            return;
        }
        boolean named = isSoftwareName(request.clientSoftwareName()) && isSoftwareName(request.clientSoftwareVersion());
        if (!named) {
            exchange.respond(new ApiVersionsResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        if (exchange.connection() instanceof ServerConnection connection) {
            connection.client(new ClientSoftware(request.clientSoftwareName(), request.clientSoftwareVersion()));
        }
        exchange.respond(versions.answer(exchange.version()));
    }

    /** Letters and digits, with dots and dashes between them (KIP-511). */
    static boolean isSoftwareName(String name) {
        int last = name.length() - 1;
        for (int i = 0; i <= last; i++) {
            char c = name.charAt(i);
            boolean alphanumeric = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            boolean inner = (c == '.' || c == '-') && i > 0 && i < last;
            if (!alphanumeric && !inner) {
                return false;
            }
        }
        return last >= 0;
    }
}
