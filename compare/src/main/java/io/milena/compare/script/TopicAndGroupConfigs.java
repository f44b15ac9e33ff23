package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;

import io.milena.compare.Interview;
import java.util.List;

/** Every setting of topics, groups, client metrics and loggers: as described, and with good and bad values. */
final class TopicAndGroupConfigs implements Script {
    /** The kinds of resources that Kafka has, and some it has not. */
    private static final int[] KINDS = {0, 1, 2, 4, 8, 16, 32, 64, 127, -1};

    private record Resource(int kind, String name) {
        String with(String more) {
            return "{resources: [{resourceType: " + kind + ", resourceName: '" + name + "'" + more + "}]}";
        }
    }

    @Override
    public void ask(Interview ask) {
        ask.about("configs");
        ask.topic("configured", 1, "[]");
        kinds(ask);
        values(ask, new Resource(2, "configured"));
        values(ask, new Resource(32, "configured-group"));
        values(ask, new Resource(16, "configured-metrics"));
        incremental(ask);
        loggers(ask);
    }

    private static void kinds(Interview ask) {
        for (int kind : KINDS) {
            for (String name : List.of("", "configured", "1", "2", "nobody", "a b", "..")) {
                Resource resource = new Resource(kind, name);
                for (int version : DESCRIBE_CONFIGS.allVersions()) {
                    ask.ask(
                            "describe " + kind + " " + name,
                            DESCRIBE_CONFIGS,
                            version,
                            resource.with(
                                    ", configurationKeys: ['retention.ms', 'interval.ms', 'root', 'consumer.session.timeout.ms', 'no.such', 'log.retention.ms']"));
                }
                for (int version : INCREMENTAL_ALTER_CONFIGS.allVersions()) {
                    ask.ask(
                            "alter nothing of " + kind + " " + name,
                            INCREMENTAL_ALTER_CONFIGS,
                            version,
                            resource.with(", configs: []"));
                    ask.ask(
                            "alter an unknown setting of " + kind + " " + name,
                            INCREMENTAL_ALTER_CONFIGS,
                            version,
                            resource.with(", configs: [{name: 'no.such', configOperation: 0, value: '1'}]")
                                    .replace("{resources", "{validateOnly: true, resources"));
                    ask.ask(
                            "an operation of no kind on " + kind + " " + name,
                            INCREMENTAL_ALTER_CONFIGS,
                            version,
                            resource.with(", configs: [{name: 'retention.ms', configOperation: 9, value: '1'}]")
                                    .replace("{resources", "{validateOnly: true, resources"));
                }
                for (int version : ALTER_CONFIGS.allVersions()) {
                    ask.ask(
                            "alter an unknown setting of " + kind + " " + name,
                            ALTER_CONFIGS,
                            version,
                            resource.with(", configs: [{name: 'no.such', value: '1'}]")
                                    .replace("{resources", "{validateOnly: true, resources"));
                }
            }
        }
        ask.ask(
                "one resource twice",
                INCREMENTAL_ALTER_CONFIGS,
                1,
                "{resources: [{resourceType: 2, resourceName: 'configured', configs: [{name: 'retention.ms', configOperation: 0, value: '1'}]}, {resourceType: 2, resourceName: 'configured', configs: []}]}");
        ask.ask(
                "one resource twice",
                ALTER_CONFIGS,
                2,
                "{resources: [{resourceType: 2, resourceName: 'configured', configs: []}, {resourceType: 2, resourceName: 'configured', configs: []}]}");
        ask.ask(
                "one resource twice",
                DESCRIBE_CONFIGS,
                4,
                "{resources: [{resourceType: 2, resourceName: 'configured', configurationKeys: ['retention.ms']}, {resourceType: 2, resourceName: 'configured', configurationKeys: ['retention.ms']}]}");
    }

    /** Tries values on every setting that Apache Kafka describes for the resource. */
    private static void values(Interview ask, Resource resource) {
        for (int version : DESCRIBE_CONFIGS.allVersions()) {
            ask.ask(
                    "describe all of " + resource.name,
                    DESCRIBE_CONFIGS,
                    version,
                    resource.with(", configurationKeys: null")
                            .replace("{resources", "{includeSynonyms: true, includeDocumentation: false, resources"));
        }
        for (String setting : ask.kafkaSays("/results/0/configs", "name")) {
            String current = ask.kafkaSays("/results/0/configs", setting, "value");
            for (String value : ConfigValues.of(current)) {
                ask.ask(
                        setting + "=" + value,
                        INCREMENTAL_ALTER_CONFIGS,
                        1,
                        resource.with(", configs: [{name: '" + setting + "', configOperation: 0, value: "
                                        + ConfigValues.quoted(value) + "}]")
                                .replace("{resources", "{validateOnly: true, resources"));
            }
            ask.ask(
                    setting + " appended",
                    INCREMENTAL_ALTER_CONFIGS,
                    1,
                    resource.with(", configs: [{name: '" + setting + "', configOperation: 2, value: 'x'}]")
                            .replace("{resources", "{validateOnly: true, resources"));
            ask.ask(
                    setting + " deleted",
                    INCREMENTAL_ALTER_CONFIGS,
                    1,
                    resource.with(", configs: [{name: '" + setting + "', configOperation: 1, value: null}]")
                            .replace("{resources", "{validateOnly: true, resources"));
            ask.ask(
                    setting + " as a whole",
                    ALTER_CONFIGS,
                    2,
                    resource.with(", configs: [{name: '" + setting + "', value: '-77'}]")
                            .replace("{resources", "{validateOnly: true, resources"));
        }
    }

    private static void incremental(Interview ask) {
        String change = "{resources: [{resourceType: 2, resourceName: 'configured', configs: [%s]}]}";
        List<String> changes = List.of(
                "{name: 'retention.ms', configOperation: 0, value: '5000'}",
                "{name: 'retention.ms', configOperation: 0, value: '1'}, {name: 'retention.ms', configOperation: 0, value: '2'}",
                "{name: 'cleanup.policy', configOperation: 2, value: 'compact'}",
                "{name: 'cleanup.policy', configOperation: 2, value: 'compact'}",
                "{name: 'cleanup.policy', configOperation: 3, value: 'delete'}",
                "{name: 'cleanup.policy', configOperation: 3, value: 'nothing'}",
                "{name: 'cleanup.policy', configOperation: 3, value: 'compact'}",
                "{name: 'retention.ms', configOperation: 2, value: '1'}",
                "{name: 'retention.ms', configOperation: 1, value: '1'}",
                "{name: 'retention.ms', configOperation: 0, value: null}",
                "{name: '', configOperation: 0, value: '1'}",
                "{name: '', configOperation: 1, value: null}",
                "{name: 'no.such', configOperation: 1, value: null}",
                "{name: 'min.insync.replicas', configOperation: 0, value: '2'}",
                "{name: 'unclean.leader.election.enable', configOperation: 0, value: 'yes'}",
                "{name: 'leader.replication.throttled.replicas', configOperation: 0, value: '0:1'}",
                "{name: 'leader.replication.throttled.replicas', configOperation: 0, value: '0-1'}");
        for (String each : changes) {
            ask.ask("alter " + each, INCREMENTAL_ALTER_CONFIGS, 1, String.format(change, each));
            ask.ask(
                    "describe after " + each,
                    DESCRIBE_CONFIGS,
                    4,
                    "{resources: [{resourceType: 2, resourceName: 'configured', configurationKeys: ['retention.ms', 'cleanup.policy', 'min.insync.replicas']}], includeSynonyms: true, includeDocumentation: true}");
        }
        ask.ask(
                "alter as a whole",
                ALTER_CONFIGS,
                2,
                "{resources: [{resourceType: 2, resourceName: 'configured', configs: [{name: 'segment.ms', value: '60000'}]}]}");
        ask.ask(
                "describe all after that",
                DESCRIBE_CONFIGS,
                4,
                "{resources: [{resourceType: 2, resourceName: 'configured', configurationKeys: null}], includeSynonyms: true}");
    }

    private static void loggers(Interview ask) {
        for (String logger : List.of("root", "kafka", "org.apache.kafka", "no.such.logger", "")) {
            for (String level : List.of("INFO", "DEBUG", "info", "NONE", "", "WARN")) {
                for (int operation : new int[] {0, 1, 2}) {
                    ask.ask(
                            "logger " + logger + " " + operation + " " + level,
                            INCREMENTAL_ALTER_CONFIGS,
                            1,
                            "{validateOnly: true, resources: [{resourceType: 8, resourceName: '1', configs: [{name: '"
                                    + logger + "', configOperation: " + operation + ", value: '" + level + "'}]}]}");
                }
            }
        }
    }
}
