package io.milena.controller.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Every configuration a new topic has, and where each value is from (CreateTopics 5+, KIP-525). */
final class EffectiveTopicConfigs {
    private final ControlContext context;
    private @Nullable List<CreatableTopicConfigs> withoutOverrides;

    EffectiveTopicConfigs(ControlContext context) {
        this.context = context;
    }

    List<CreatableTopicConfigs> of(Map<String, String> own) {
        if (!own.isEmpty()) {
            return work(own);
        }
        if (withoutOverrides == null) {
            withoutOverrides = work(own);
        }
        return withoutOverrides;
    }

    private List<CreatableTopicConfigs> work(Map<String, String> own) {
        ConfigRules rules = context.rules();
        Map<String, String> cluster = context.state().configs().ofCluster();
        List<CreatableTopicConfigs> all = new ArrayList<>();
        for (String key : rules.topicKeys()) {
            String clusterValue = cluster.get(rules.brokerSynonym(key));
            if (own.containsKey(key)) {
                all.add(entry(key, own.get(key), ConfigSource.TOPIC_CONFIG));
            } else if (clusterValue != null) {
                all.add(entry(key, clusterValue, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG));
            } else {
                all.add(entry(
                        key,
                        rules.topicDefault(key),
                        rules.isStatic(key) ? ConfigSource.STATIC_BROKER_CONFIG : ConfigSource.DEFAULT_CONFIG));
            }
        }
        return all;
    }

    private CreatableTopicConfigs entry(String key, @Nullable String value, ConfigSource source) {
        boolean sensitive = context.rules().isSensitive(ConfigResource.Type.TOPIC, key);
        return new CreatableTopicConfigs()
                .setName(key)
                .setValue(sensitive ? null : value)
                .setReadOnly(false)
                .setConfigSource(source.id())
                .setIsSensitive(sensitive);
    }
}
