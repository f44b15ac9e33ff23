package io.milena.broker.node;

import io.milena.broker.control.ConfigChanges;
import io.milena.broker.control.ControllerChannel;
import io.milena.broker.control.DescribeClusterHandler;
import io.milena.broker.control.DescribeTopicPartitionsHandler;
import io.milena.broker.control.ForwardingHandler;
import io.milena.broker.control.ImageView;
import io.milena.broker.control.MetadataHandler;
import io.milena.broker.control.TopicCreator;
import io.milena.broker.dataplane.DataPlane;
import io.milena.controller.describe.DescribeApis;
import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.api.GroupApis;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.LoggerLevels;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.ApiHandler;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.RequestObserver;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;

/** The APIs of a broker, gathered from their rooms into the registry that its listeners serve and ApiVersions tells of. */
record BrokerApis(
        NodeConfig config,
        String clusterId,
        Supplier<MetadataImage> image,
        Supplier<Short> kraftVersion,
        ControllerChannel controllers,
        TopicCreator topics,
        ImageView view,
        LoggerLevels loggers,
        HandlerDecorator decorator) {

    WireServer server(WireEventLoops loops, RequestObserver observer, DataPlane dataPlane, GroupCoordinator groups) {
        List<ApiHandler<?>> handlers = new ArrayList<>(dataPlane.handlers());
        handlers.addAll(GroupApis.handlers(groups, view, topics));
        handlers.addAll(ForwardingHandler.all(controllers));
        handlers.addAll(ConfigChanges.handlers(config.nodeId(), controllers, loggers));
        handlers.addAll(DescribeApis.of(config, image, loggers));
        handlers.add(new MetadataHandler(
                image, topics, config.booleanOf("auto.create.topics.enable"), clusterId, config.nodeId()));
        handlers.add(new DescribeClusterHandler(image, clusterId, config.nodeId()));
        handlers.add(new DescribeTopicPartitionsHandler(image, config.intOf("max.request.partition.size.limit")));
        HandlerRegistry.Builder registry = HandlerRegistry.builder()
                .listenerType(ListenerType.BROKER)
                .features(new ImageFeatures(image, kraftVersion, config.booleanOf("unstable.feature.versions.enable")));
        handlers.forEach(handler -> registry.add(decorator.decorate(handler)));
        return NodeListeners.server(config, config.brokerListeners(), registry.build(), loops, observer);
    }
}
