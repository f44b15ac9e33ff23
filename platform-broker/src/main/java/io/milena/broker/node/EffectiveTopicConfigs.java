package io.milena.broker.node;

import io.milena.broker.partition.TopicConfigSource;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.NodeConfig;
import java.util.Map;
import java.util.function.Supplier;

/** A topic's configuration in force: defaults, then this broker's static values, dynamic ones, and the topic's own. */
record EffectiveTopicConfigs(NodeConfig config, Supplier<MetadataImage> image) implements TopicConfigSource {
    @Override
    public Map<String, String> effective(String topic) {
        return io.milena.metadata.config.TopicConfigs.effective(config, image.get().configs(), topic);
    }
}
