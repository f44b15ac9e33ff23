package io.milena.broker.node;

import io.milena.broker.partition.TopicConfigSource;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.TopicConfigs;
import java.util.Map;
import java.util.function.Supplier;

/** A topic's configuration in force: defaults, then this broker's static values, dynamic ones, and the topic's own. */
record EffectiveTopicConfigs(TopicConfigs configs, Supplier<MetadataImage> image) implements TopicConfigSource {
    @Override
    public Map<String, String> effective(String topic) {
        return configs.effective(topic, image.get().configs());
    }
}
