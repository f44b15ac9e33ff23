package io.milena.controller.core;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.jspecify.annotations.Nullable;

/** A handful of topic keys, enough to see every path of the controls. */
public final class TestRules implements ConfigRules {
    private static final Map<String, String> DEFAULTS = new TreeMap<>(Map.of(
            "cleanup.policy", "delete",
            "min.insync.replicas", "1",
            "retention.ms", "604800000",
            "unclean.leader.election.enable", "false"));

    @Override
    public void validate(ConfigResource resource, Map<String, String> before, Map<String, String> configs) {
        if (resource.type() != ConfigResource.Type.TOPIC) {
            return;
        }
        configs.forEach((key, value) -> {
            if (!DEFAULTS.containsKey(key)) {
                throw new InvalidConfigurationException("Unknown topic config name: " + key);
            }
            if (key.equals("retention.ms")) {
                try {
                    Long.parseLong(value);
                } catch (NumberFormatException bad) {
                    throw new InvalidConfigurationException(
                            "Invalid value " + value + " for configuration retention.ms: Not a number of type LONG");
                }
            }
        });
    }

    @Override
    public boolean isList(ConfigResource.Type type, String key) {
        return key.equals("cleanup.policy") || key.equals("log.cleanup.policy");
    }

    @Override
    public @Nullable String keyDefault(ConfigResource.Type type, String key) {
        return key.equals("log.cleanup.policy") ? "delete" : DEFAULTS.get(key);
    }

    @Override
    public boolean isSensitive(ConfigResource.Type type, String key) {
        return false;
    }

    @Override
    public String topicDefault(String topicKey) {
        return DEFAULTS.get(topicKey);
    }

    @Override
    public boolean isStatic(String topicKey) {
        return false;
    }

    @Override
    public String brokerSynonym(String topicKey) {
        return topicKey.equals("retention.ms") ? "log.retention.ms" : topicKey;
    }

    @Override
    public List<String> topicKeys() {
        return List.copyOf(DEFAULTS.keySet());
    }
}
