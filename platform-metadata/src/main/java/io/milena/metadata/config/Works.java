package io.milena.metadata.config;

import java.util.Map;
import java.util.Set;

/**
 * Which keys do something here. Whoever makes a key work adds it; whoever reads the table in docs/configuration.md can rely
 * on it. A node tells at its start which of its keys do nothing.
 */
public final class Works {
    /** What setting a key leads to. */
    public enum Effect {
        WORKS("works"),
        NO_EFFECT_YET("accepted, no effect yet"),
        /** What it sets in Apache Kafka has no counterpart here; {@link #reasonOf} says why. */
        NOT_NEEDED("not needed"),
        REFUSED("refused");

        private final String title;

        Effect(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    private static final Set<String> NODE = Set.of(
            "advertised.listeners",
            "alter.config.policy.class.name",
            "auto.create.topics.enable",
            "auto.leader.rebalance.enable",
            "background.threads",
            "broker.heartbeat.interval.ms",
            "broker.id",
            "broker.rack",
            "broker.session.timeout.ms",
            "compression.gzip.level",
            "compression.lz4.level",
            "compression.type",
            "compression.zstd.level",
            "config.providers",
            "connection.failed.authentication.delay.ms",
            "connections.max.idle.ms",
            "connections.max.reauth.ms",
            "controlled.shutdown.enable",
            "controller.listener.names",
            "controller.quorum.bootstrap.servers",
            "controller.quorum.election.backoff.max.ms",
            "controller.quorum.election.timeout.ms",
            "controller.quorum.fetch.max.bytes",
            "controller.quorum.fetch.snapshot.max.bytes",
            "controller.quorum.fetch.timeout.ms",
            "controller.quorum.request.timeout.ms",
            "controller.quorum.retry.backoff.ms",
            "controller.quorum.voters",
            "create.topic.policy.class.name",
            "default.replication.factor",
            "delete.topic.enable",
            "fetch.max.bytes",
            "follower.replication.throttled.rate",
            "group.consumer.assignment.interval.ms",
            "group.consumer.assignors",
            "group.consumer.heartbeat.interval.ms",
            "group.consumer.max.assignment.interval.ms",
            "group.consumer.max.heartbeat.interval.ms",
            "group.consumer.max.session.timeout.ms",
            "group.consumer.min.assignment.interval.ms",
            "group.consumer.min.heartbeat.interval.ms",
            "group.consumer.min.session.timeout.ms",
            "group.consumer.max.size",
            "group.consumer.migration.policy",
            "group.consumer.session.timeout.ms",
            "group.coordinator.rebalance.protocols",
            "group.coordinator.threads",
            "group.initial.rebalance.delay.ms",
            "group.max.session.timeout.ms",
            "group.max.size",
            "group.min.session.timeout.ms",
            "initial.broker.registration.timeout.ms",
            "inter.broker.listener.name",
            "leader.imbalance.check.interval.seconds",
            "leader.replication.throttled.rate",
            "listener.security.protocol.map",
            "listeners",
            "log.cleaner.backoff.ms",
            "log.cleaner.dedupe.buffer.size",
            "log.cleaner.delete.retention.ms",
            "log.cleaner.enable",
            "log.cleaner.max.compaction.lag.ms",
            "log.cleaner.min.cleanable.ratio",
            "log.cleaner.min.compaction.lag.ms",
            "log.cleanup.policy",
            "log.dir",
            "log.dir.failure.timeout.ms",
            "log.dirs",
            "log.flush.interval.messages",
            "log.flush.interval.ms",
            "log.flush.offset.checkpoint.interval.ms",
            "log.flush.scheduler.interval.ms",
            "log.index.interval.bytes",
            "log.index.size.max.bytes",
            "log.message.timestamp.after.max.ms",
            "log.message.timestamp.before.max.ms",
            "log.message.timestamp.type",
            "log.preallocate",
            "log.retention.bytes",
            "log.retention.check.interval.ms",
            "log.retention.hours",
            "log.retention.minutes",
            "log.retention.ms",
            "log.roll.hours",
            "log.roll.jitter.hours",
            "log.roll.jitter.ms",
            "log.roll.ms",
            "log.segment.bytes",
            "log.segment.delete.delay.ms",
            "max.connections",
            "max.connections.per.ip",
            "max.connections.per.ip.overrides",
            "max.incremental.fetch.session.cache.slots",
            "max.request.partition.size.limit",
            "message.max.bytes",
            "metadata.log.dir",
            "metadata.log.max.record.bytes.between.snapshots",
            "metadata.log.max.snapshot.interval.ms",
            "metadata.log.segment.bytes",
            "metadata.log.segment.ms",
            "metadata.max.idle.interval.ms",
            "metadata.max.retention.bytes",
            "metadata.max.retention.ms",
            "milena.broker.connection.loss.grace.ms",
            "milena.controller.quorum.connection.loss.grace.ms",
            "milena.metadata.log.skip.offsets",
            "min.insync.replicas",
            "node.id",
            "num.network.threads",
            "num.partitions",
            "num.replica.alter.log.dirs.threads",
            "num.recovery.threads.per.data.dir",
            "num.replica.fetchers",
            "offset.metadata.max.bytes",
            "offsets.commit.timeout.ms",
            "offsets.retention.check.interval.ms",
            "offsets.retention.minutes",
            "offsets.topic.compression.codec",
            "offsets.topic.num.partitions",
            "offsets.topic.replication.factor",
            "offsets.topic.segment.bytes",
            "process.roles",
            "producer.id.expiration.ms",
            "queued.max.request.bytes",
            "replica.alter.log.dirs.io.max.bytes.per.second",
            "replica.fetch.backoff.ms",
            "replica.fetch.max.bytes",
            "replica.fetch.min.bytes",
            "replica.fetch.response.max.bytes",
            "replica.fetch.wait.max.ms",
            "replica.high.watermark.checkpoint.interval.ms",
            "replica.lag.time.max.ms",
            "replica.selector.class",
            "replica.socket.receive.buffer.bytes",
            "replica.socket.timeout.ms",
            "replication.quota.window.num",
            "replication.quota.window.size.seconds",
            "request.timeout.ms",
            "sasl.enabled.mechanisms",
            "sasl.jaas.config",
            "sasl.server.max.receive.size",
            "security.inter.broker.protocol",
            "security.providers",
            "socket.connection.setup.timeout.max.ms",
            "socket.connection.setup.timeout.ms",
            "socket.listen.backlog.size",
            "socket.receive.buffer.bytes",
            "socket.request.max.bytes",
            "socket.send.buffer.bytes",
            "ssl.cipher.suites",
            "ssl.client.auth",
            "ssl.enabled.protocols",
            "ssl.endpoint.identification.algorithm",
            "ssl.key.password",
            "ssl.keymanager.algorithm",
            "ssl.keystore.certificate.chain",
            "ssl.keystore.key",
            "ssl.keystore.location",
            "ssl.keystore.password",
            "ssl.keystore.type",
            "ssl.provider",
            "ssl.secure.random.implementation",
            "ssl.trustmanager.algorithm",
            "ssl.truststore.certificates",
            "ssl.truststore.location",
            "ssl.truststore.password",
            "ssl.truststore.type",
            "unclean.leader.election.enable");

    private static final Set<String> TOPIC = Set.of(
            "cleanup.policy",
            "compression.gzip.level",
            "compression.lz4.level",
            "compression.type",
            "compression.zstd.level",
            "delete.retention.ms",
            "file.delete.delay.ms",
            "flush.messages",
            "flush.ms",
            "follower.replication.throttled.replicas",
            "index.interval.bytes",
            "internal.segment.bytes",
            "leader.replication.throttled.replicas",
            "max.compaction.lag.ms",
            "max.message.bytes",
            "message.timestamp.after.max.ms",
            "message.timestamp.before.max.ms",
            "message.timestamp.type",
            "min.cleanable.dirty.ratio",
            "min.compaction.lag.ms",
            "min.insync.replicas",
            "preallocate",
            "retention.bytes",
            "retention.ms",
            "segment.bytes",
            "segment.index.bytes",
            "segment.jitter.ms",
            "segment.ms",
            "unclean.leader.election.enable");

    /** Keys of nodes about a mechanism of Apache Kafka's that this engine does not have, and what it has instead. */
    private static final Map<String, String> NOT_NEEDED = Map.ofEntries(
            Map.entry(
                    "controller.quorum.append.linger.ms",
                    "The quorum writes what has come together while the write before was under way."),
            Map.entry(
                    "controller.socket.timeout.ms", "A broker waits for a controller as long as the request may take."),
            Map.entry(
                    "delete.records.purgatory.purge.interval.requests",
                    "Waiting requests are dropped when they are done; nothing has to be purged."),
            Map.entry(
                    "fetch.purgatory.purge.interval.requests",
                    "Waiting requests are dropped when they are done; nothing has to be purged."),
            Map.entry(
                    "producer.purgatory.purge.interval.requests",
                    "Waiting requests are dropped when they are done; nothing has to be purged."),
            Map.entry(
                    "group.coordinator.append.linger.ms",
                    "A coordinator writes what has come together while the write before was under way."),
            Map.entry(
                    "group.coordinator.cached.buffer.max.bytes",
                    "Buffers of the coordinator live as long as one write."),
            Map.entry(
                    "group.coordinator.background.threads",
                    "Patterns of topics that take long are matched on one thread of their own; all else of a group is"
                            + " done in its turn."),
            Map.entry("ssl.protocol", "The versions of TLS are those of ssl.enabled.protocols."),
            Map.entry(
                    "kafka.metrics.polling.interval.secs",
                    "Metrics are Micrometer's; Kafka's older reporters do not run here."),
            Map.entry("kafka.metrics.reporters", "Metrics are Micrometer's; Kafka's older reporters do not run here."),
            Map.entry(
                    "log.cleaner.io.buffer.load.factor",
                    "The cleaner's map grows with the keys it is for, up to log.cleaner.dedupe.buffer.size; it is never"
                            + " fuller than nine tenths."),
            Map.entry(
                    "log.flush.start.offset.checkpoint.interval.ms",
                    "Log start offsets are written together with the recovery points, every"
                            + " log.flush.offset.checkpoint.interval.ms."),
            Map.entry("metric.reporters", "Metrics are Micrometer's; Kafka's reporters do not run here."),
            Map.entry("metrics.num.samples", "Metrics are Micrometer's."),
            Map.entry("metrics.recording.level", "Metrics are Micrometer's."),
            Map.entry("metrics.sample.window.ms", "Metrics are Micrometer's."),
            Map.entry("num.io.threads", "Requests run on the threads of num.network.threads, to completion."),
            Map.entry(
                    "queued.max.requests",
                    "Requests are not queued between network and handlers: a connection that is behind is not read."),
            Map.entry(
                    "queued.max.request.bytes",
                    "Requests are not queued between network and handlers: a connection that is behind is not read."),
            Map.entry(
                    "offsets.load.buffer.size",
                    "A coordinator reads its partition batch by batch, as large as they are."));

    private static final Set<String> GROUP =
            Set.of("consumer.assignment.interval.ms", "consumer.heartbeat.interval.ms", "consumer.session.timeout.ms");

    private static final Set<String> REFUSED_NODE = Set.of("remote.log.storage.system.enable");
    private static final Set<String> REFUSED_TOPIC = Set.of("remote.storage.enable");

    private Works() {}

    public static Effect effectOf(ConfigDefinition definition) {
        boolean node = definition.scope() == ConfigScope.NODE;
        boolean topic = definition.scope() == ConfigScope.TOPIC;
        boolean group = definition.scope() == ConfigScope.GROUP;
        String name = definition.name();
        if (node && REFUSED_NODE.contains(name) || topic && REFUSED_TOPIC.contains(name)) {
            return Effect.REFUSED;
        }
        if (node && NOT_NEEDED.containsKey(name)) {
            return Effect.NOT_NEEDED;
        }
        boolean works = node && NODE.contains(name) || topic && TOPIC.contains(name) || group && GROUP.contains(name);
        return works ? Effect.WORKS : Effect.NO_EFFECT_YET;
    }

    /** Why a key that is {@link Effect#NOT_NEEDED} has no counterpart here. */
    static String reasonOf(ConfigDefinition definition) {
        return NOT_NEEDED.getOrDefault(definition.name(), "");
    }

    /** Keys named here that no definition has: a slip. */
    static Set<String> unknown() {
        Set<String> unknown = new java.util.TreeSet<>();
        NODE.stream()
                .filter(name -> ConfigDefinitions.find(ConfigScope.NODE, name).isEmpty())
                .forEach(unknown::add);
        NOT_NEEDED.keySet().stream()
                .filter(name -> ConfigDefinitions.find(ConfigScope.NODE, name).isEmpty())
                .forEach(unknown::add);
        TOPIC.stream()
                .filter(name -> ConfigDefinitions.find(ConfigScope.TOPIC, name).isEmpty())
                .forEach(unknown::add);
        GROUP.stream()
                .filter(name -> ConfigDefinitions.find(ConfigScope.GROUP, name).isEmpty())
                .forEach(unknown::add);
        return unknown;
    }
}
