package io.milena.controller.node;

import io.milena.metadata.config.NodeConfig;
import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.server.policy.AlterConfigPolicy;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The operator's own classes that may refuse new topics (KIP-108) and changes of configuration (KIP-133), from the node's class
 * path. Asked on the controller's thread.
 */
final class Policies {
    private final @Nullable CreateTopicPolicy creation;
    private final @Nullable AlterConfigPolicy change;

    /** @throws ConfigException if a class is not there, is not such a policy, or cannot be made */
    Policies(NodeConfig node) {
        this.creation = load(node, "create.topic.policy.class.name", CreateTopicPolicy.class);
        this.change = load(node, "alter.config.policy.class.name", AlterConfigPolicy.class);
    }

    void checkCreation(CreateTopicPolicy.RequestMetadata topic) {
        if (creation != null) {
            creation.validate(topic);
        }
    }

    void checkChange(ConfigResource resource, Map<String, String> changes) {
        if (change != null) {
            change.validate(new AlterConfigPolicy.RequestMetadata(resource, changes));
        }
    }

    private static <T extends Configurable> @Nullable T load(NodeConfig node, String key, Class<T> type) {
        String name = node.given().get(key);
        if (name == null || name.isBlank()) {
            return null;
        }
        try {
            T policy = Class.forName(name.trim())
                    .asSubclass(type)
                    .getDeclaredConstructor()
                    .newInstance();
            policy.configure(node.given());
            return policy;
        } catch (ReflectiveOperationException | LinkageError | ClassCastException missing) {
            throw new ConfigException(key, name, "Not a " + type.getSimpleName() + " on the class path: " + missing);
        }
    }
}
