package io.milena.broker.control;

import io.milena.metadata.config.LoggerLevels;
import io.milena.metadata.config.NodeIds;
import java.util.Collection;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;

/** Changes of this broker's log levels (KIP-412): all of a request's changes are checked before the first is made. */
final class LoggerChanges {
    private static final String ROOT = "root";

    private final int nodeId;
    private final LoggerLevels loggers;

    LoggerChanges(int nodeId, LoggerLevels loggers) {
        this.nodeId = nodeId;
        this.loggers = loggers;
    }

    /** @throws org.apache.kafka.common.errors.ApiException in Kafka's words if the change may not be made */
    void apply(AlterConfigsResource resource, boolean validateOnly) {
        NodeIds.requireThisLogger(resource.resourceName(), nodeId);
        check(resource.configs());
        if (validateOnly) {
            return;
        }
        for (AlterableConfig config : resource.configs()) {
            if (config.configOperation() == OpType.SET.id()) {
                loggers.set(config.name(), config.value());
            } else {
                loggers.unset(config.name());
            }
        }
    }

    private void check(Collection<AlterableConfig> configs) {
        Set<String> known = loggers.levels().keySet();
        for (AlterableConfig config : configs) {
            OpType operation = OpType.forId(config.configOperation());
            String logger = config.name();
            if (operation == OpType.SET) {
                checkLogger(logger, known);
                if (!LogLevelConfig.VALID_LOG_LEVELS.contains(config.value())) {
                    throw new InvalidConfigurationException("Cannot set the log level of " + logger + " to "
                            + config.value() + " as it is not a supported log level. Valid log levels are "
                            + String.join(", ", LogLevelConfig.VALID_LOG_LEVELS));
                }
            } else if (operation == OpType.DELETE) {
                checkLogger(logger, known);
                if (logger.equals(ROOT)) {
                    throw new InvalidRequestException(
                            "Removing the log level of the " + ROOT + " logger is not allowed");
                }
            } else {
                throw new InvalidRequestException(
                        operation + " operation is not allowed for the BROKER_LOGGER resource");
            }
        }
    }

    private static void checkLogger(String logger, Set<String> known) {
        if (!known.contains(logger)) {
            throw new InvalidConfigurationException("Logger " + logger + " does not exist!");
        }
    }
}
