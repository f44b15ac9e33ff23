package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS;

import io.milena.compare.Interview;
import java.util.List;

/** Client quotas and SCRAM credentials: set, asked for in every way, removed. */
final class Quotas implements Script {
    @Override
    public void ask(Interview ask) {
        ask.about("quotas");
        List<String> entities = List.of(
                "{entityType: 'user', entityName: 'eva'}",
                "{entityType: 'user', entityName: null}",
                "{entityType: 'client-id', entityName: 'app'}",
                "{entityType: 'ip', entityName: '127.0.0.9'}",
                "{entityType: 'ip', entityName: 'no host at all'}",
                "{entityType: 'ip', entityName: null}",
                "{entityType: 'user', entityName: 'eva'}, {entityType: 'client-id', entityName: 'app'}",
                "{entityType: 'user', entityName: 'eva'}, {entityType: 'ip', entityName: '127.0.0.9'}",
                "{entityType: 'user', entityName: ''}",
                "{entityType: 'other', entityName: 'x'}",
                "{entityType: '', entityName: 'x'}",
                "");
        List<String> ops = List.of(
                "key: 'producer_byte_rate', value: 1.0e9",
                "key: 'consumer_byte_rate', value: 0.5",
                "key: 'request_percentage', value: 50.5",
                "key: 'connection_creation_rate', value: 5.0",
                "key: 'connection_creation_rate', value: 5.5",
                "key: 'controller_mutation_rate', value: 1.0e6",
                "key: 'no_such', value: 1.0",
                "key: 'producer_byte_rate', value: 0.0",
                "key: 'producer_byte_rate', value: -1.0",
                "key: 'producer_byte_rate', value: 1.5",
                "key: 'producer_byte_rate', value: 0.0, remove: true",
                "key: '', value: 1.0");
        for (String entity : entities) {
            for (String op : ops) {
                for (int version : ALTER_CLIENT_QUOTAS.allVersions()) {
                    ask.ask(
                            "validate " + entity + " " + op,
                            ALTER_CLIENT_QUOTAS,
                            version,
                            "{validateOnly: true, entries: [{entity: [" + entity + "], ops: [{" + op + "}]}]}");
                }
            }
            ask.ask(
                    "set " + entity,
                    ALTER_CLIENT_QUOTAS,
                    1,
                    "{entries: [{entity: [" + entity + "], ops: [{key: 'consumer_byte_rate', value: 1.0e9}]}]}");
        }
        List<String> filters = List.of(
                "",
                "{entityType: 'user', matchType: 0, match: 'eva'}",
                "{entityType: 'user', matchType: 1, match: null}",
                "{entityType: 'user', matchType: 2, match: null}",
                "{entityType: 'user', matchType: 0, match: null}",
                "{entityType: 'user', matchType: 1, match: 'x'}",
                "{entityType: 'user', matchType: 3, match: null}",
                "{entityType: 'other', matchType: 2, match: null}",
                "{entityType: '', matchType: 2, match: null}",
                "{entityType: 'ip', matchType: 2, match: null}",
                "{entityType: 'user', matchType: 2, match: null}, {entityType: 'client-id', matchType: 0, match: 'app'}",
                "{entityType: 'user', matchType: 2, match: null}, {entityType: 'user', matchType: 2, match: null}",
                "{entityType: 'user', matchType: 2, match: null}, {entityType: 'ip', matchType: 2, match: null}");
        for (String filter : filters) {
            for (boolean strict : new boolean[] {false, true}) {
                ask.ask(
                        "describe " + filter + (strict ? ", strictly" : ""),
                        DESCRIBE_CLIENT_QUOTAS,
                        1,
                        "{strict: " + strict + ", components: [" + filter + "]}");
            }
        }
        for (String entity : entities) {
            ask.ask(
                    "remove " + entity,
                    ALTER_CLIENT_QUOTAS,
                    1,
                    "{entries: [{entity: [" + entity
                            + "], ops: [{key: 'consumer_byte_rate', value: 0.0, remove: true}]}]}");
        }
        credentials(ask);
    }

    private static void credentials(Interview ask) {
        ask.about("SCRAM");
        List<String> upsertions = List.of(
                "name: 'eva', mechanism: 1, iterations: 4096",
                "name: 'eva', mechanism: 2, iterations: 8192",
                "name: 'eva', mechanism: 0, iterations: 4096",
                "name: 'eva', mechanism: 3, iterations: 4096",
                "name: 'eva', mechanism: 1, iterations: 4095",
                "name: 'eva', mechanism: 1, iterations: 16385",
                "name: 'eva', mechanism: 1, iterations: 0",
                "name: '', mechanism: 1, iterations: 4096");
        for (String each : upsertions) {
            String whole = "{" + each + ", salt: 'YWJj', saltedPassword: 'YWJj'}";
            ask.ask("set " + each, ALTER_USER_SCRAM_CREDENTIALS, 0, "{upsertions: [" + whole + "]}");
            ask.ask(
                    "set without a salt " + each,
                    ALTER_USER_SCRAM_CREDENTIALS,
                    0,
                    "{upsertions: [" + whole.replace("salt: 'YWJj'", "salt: ''") + "]}");
            ask.ask(
                    "set twice " + each,
                    ALTER_USER_SCRAM_CREDENTIALS,
                    0,
                    "{upsertions: [" + whole + ", " + whole + "]}");
        }
        for (String users : List.of(
                "null", "[]", "[{name: 'eva'}]", "[{name: 'eva'}, {name: 'eva'}]", "[{name: 'nobody'}, {name: ''}]")) {
            ask.ask("describe " + users, DESCRIBE_USER_SCRAM_CREDENTIALS, 0, "{users: " + users + "}");
        }
        for (String deletion : List.of(
                "name: 'eva', mechanism: 1",
                "name: 'eva', mechanism: 1",
                "name: 'eva', mechanism: 2",
                "name: 'eva', mechanism: 9",
                "name: '', mechanism: 1",
                "name: 'nobody', mechanism: 1")) {
            ask.ask("delete " + deletion, ALTER_USER_SCRAM_CREDENTIALS, 0, "{deletions: [{" + deletion + "}]}");
        }
    }
}
