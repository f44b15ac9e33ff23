package io.milena.broker.control;

import io.milena.metadata.config.LoggerLevels;
import io.milena.wire.ApiHandler;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/** Changes of configuration as a broker takes them: its own loggers at once, everything else through the controller. */
public final class ConfigChanges {
    private ConfigChanges() {}

    /** AlterConfigs and IncrementalAlterConfigs. */
    public static List<ApiHandler<?>> handlers(int nodeId, ControllerChannel controllers, LoggerLevels loggers) {
        return List.of(
                new AlterConfigsHandler(nodeId, new ForwardingHandler(ApiKeys.ALTER_CONFIGS, controllers)),
                new IncrementalAlterConfigsHandler(
                        nodeId,
                        new LoggerChanges(nodeId, loggers),
                        new ForwardingHandler(ApiKeys.INCREMENTAL_ALTER_CONFIGS, controllers)));
    }
}
