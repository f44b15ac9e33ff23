package io.milena.controller.describe;

import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.LoggerLevels;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.ApiHandler;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.protocol.ApiKeys;

/** The describing APIs of one node. */
public final class DescribeApis {
    private DescribeApis() {}

    /**
     * DescribeConfigs, ListConfigResources, DescribeClientQuotas and DescribeUserScramCredentials; DescribeAcls and the
     * delegation token APIs, which are refused.
     *
     * @param node whose static configuration shows through
     * @param image the newest metadata; asked once for each request, from any thread
     */
    public static List<ApiHandler<?>> of(NodeConfig node, Supplier<MetadataImage> image) {
        return of(node, image, LoggerLevels.NONE);
    }

    /**
     * The same for a node whose log levels may be told.
     *
     * @param loggers of this process
     */
    public static List<ApiHandler<?>> of(NodeConfig node, Supplier<MetadataImage> image, LoggerLevels loggers) {
        return List.of(
                new DescribeConfigsHandler(node, image, loggers),
                new DescribeClientQuotasHandler(image),
                new DescribeUserScramCredentialsHandler(image),
                new ListConfigResourcesHandler(image),
                new RefusingHandler<>(
                        ApiKeys.DESCRIBE_ACLS, new SecurityDisabledException("No Authorizer is configured.")),
                new DelegationTokenRefusal<>(ApiKeys.CREATE_DELEGATION_TOKEN),
                new DelegationTokenRefusal<>(ApiKeys.RENEW_DELEGATION_TOKEN),
                new DelegationTokenRefusal<>(ApiKeys.EXPIRE_DELEGATION_TOKEN),
                new DelegationTokenRefusal<>(ApiKeys.DESCRIBE_DELEGATION_TOKEN));
    }
}
