package io.milena.controller.describe;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** DescribeAcls (29): there is no authorizer yet, and so it is answered as by a Kafka without one. */
final class DescribeAclsHandler implements ApiHandler<DescribeAclsRequestData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_ACLS;
    }

    @Override
    public void handle(Exchange<DescribeAclsRequestData> exchange) {
        exchange.fail(new SecurityDisabledException("No Authorizer is configured."));
    }
}
