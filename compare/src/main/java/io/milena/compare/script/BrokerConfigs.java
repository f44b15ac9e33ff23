package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;

import io.milena.compare.Interview;
import java.util.List;
import java.util.Set;

/** Every setting of a broker, for itself and as the default of all: as described, and with good and bad values. Nothing is set for good. */
final class BrokerConfigs implements Script {
    @Override
    public void ask(Interview ask) {
        ask.about("broker configs");
        for (String broker : List.of("1", "")) {
            for (int version : DESCRIBE_CONFIGS.allVersions()) {
                ask.ask(
                        "describe all of '" + broker + "'",
                        DESCRIBE_CONFIGS,
                        version,
                        "{includeSynonyms: true, includeDocumentation: false, resources: [{resourceType: 4, resourceName: '"
                                + broker + "', configurationKeys: null}]}");
            }
        }
        ask.ask(
                "describe all with documentation",
                DESCRIBE_CONFIGS,
                4,
                "{includeSynonyms: true, includeDocumentation: true, resources: [{resourceType: 4, resourceName: '1', configurationKeys: null}]}");
        List<String> settings = ask.kafkaSays("/results/0/configs", "name");
        List<String> current = settings.stream()
                .map(name -> ask.kafkaSays("/results/0/configs", name, "value"))
                .toList();
        // Most cannot be changed while the broker runs, whatever the value.
        List<Boolean> fixed = settings.stream()
                .map(name ->
                        ask.kafkaSays("/results/0/configs", name, "readOnly").equals("true"))
                .toList();
        for (int i = 0; i < settings.size(); i++) {
            for (String broker : List.of("1", "")) {
                values(
                        ask,
                        broker,
                        settings.get(i),
                        fixed.get(i) ? Set.of(current.get(i), "bad") : ConfigValues.of(current.get(i)));
            }
        }
    }

    private static void values(Interview ask, String broker, String setting, Set<String> values) {
        String resource =
                "{validateOnly: true, resources: [{resourceType: 4, resourceName: '" + broker + "', configs: [%s]}]}";
        for (String value : values) {
            ask.ask(
                    setting + "=" + value + " of '" + broker + "'",
                    INCREMENTAL_ALTER_CONFIGS,
                    1,
                    String.format(
                            resource,
                            "{name: '" + setting + "', configOperation: 0, value: " + ConfigValues.quoted(value)
                                    + "}"));
        }
        ask.ask(
                setting + " deleted of '" + broker + "'",
                INCREMENTAL_ALTER_CONFIGS,
                1,
                String.format(resource, "{name: '" + setting + "', configOperation: 1, value: null}"));
        ask.ask(
                setting + " appended of '" + broker + "'",
                INCREMENTAL_ALTER_CONFIGS,
                1,
                String.format(resource, "{name: '" + setting + "', configOperation: 2, value: 'x'}"));
        ask.ask(
                setting + " as a whole of '" + broker + "'",
                ALTER_CONFIGS,
                2,
                String.format(resource, "{name: '" + setting + "', value: '-77'}"));
    }
}
