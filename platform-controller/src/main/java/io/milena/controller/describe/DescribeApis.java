package io.milena.controller.describe;

import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.ApiHandler;
import java.util.List;
import java.util.function.Supplier;

/** The describing APIs of one node. */
public final class DescribeApis {
    private DescribeApis() {}

    /**
     * DescribeConfigs, DescribeClientQuotas, DescribeUserScramCredentials and DescribeAcls.
     *
     * @param node whose static configuration shows through
     * @param image the newest metadata; asked once for each request, from any thread
     */
    public static List<ApiHandler<?>> of(NodeConfig node, Supplier<MetadataImage> image) {
        return List.of(
                new DescribeConfigsHandler(node, image),
                new DescribeClientQuotasHandler(image),
                new DescribeUserScramCredentialsHandler(image),
                new DescribeAclsHandler());
    }
}
