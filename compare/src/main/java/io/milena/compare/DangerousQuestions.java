package io.milena.compare;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/** What may change who governs a cluster, or end a node: each API on servers of its own, on each listener that takes it. */
final class DangerousQuestions {
    static final Set<ApiKeys> APIS = EnumSet.of(
            ApiKeys.VOTE,
            ApiKeys.BEGIN_QUORUM_EPOCH,
            ApiKeys.END_QUORUM_EPOCH,
            ApiKeys.FETCH_SNAPSHOT,
            ApiKeys.BROKER_REGISTRATION,
            ApiKeys.BROKER_HEARTBEAT,
            ApiKeys.CONTROLLER_REGISTRATION,
            ApiKeys.ALTER_PARTITION,
            ApiKeys.ALLOCATE_PRODUCER_IDS,
            ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
            ApiKeys.UNREGISTER_BROKER,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.REMOVE_RAFT_VOTER,
            ApiKeys.UPDATE_RAFT_VOTER,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.ENVELOPE);

    private final Path directory;
    private final Options options;
    private final ExpectedDifferences onPurpose;
    private final ExpectedDifferences open;

    DangerousQuestions(Path directory, Options options, ExpectedDifferences onPurpose, ExpectedDifferences open) {
        this.directory = directory;
        this.options = options;
        this.onPurpose = onPurpose;
        this.open = open;
    }

    void ask(List<Result> results) {
        for (ApiKeys api : APIS) {
            if (options.wants(api.name())) {
                Compare.progress(api.name());
                try (Pair pair = new Pair(directory.resolve(api.name()))) {
                    Interview interview = new Interview(pair.theirs(), pair.ours(), onPurpose, open);
                    ask(interview, api, pair);
                    results.addAll(interview.results());
                    new Report(results).write(options.report());
                }
            }
        }
    }

    private static void ask(Interview interview, ApiKeys api, Pair pair) {
        try {
            SetUp.topic(interview, "read", 2, "[]");
            interview.learnDirectories();
            interview.endAfterSilence();
            GeneratedQuestions generated = new GeneratedQuestions(interview, true);
            for (Listener listener : Listener.values()) {
                if (interview.offeredByBoth(listener).contains(api)) {
                    generated.ask(listener, api);
                }
            }
        } catch (IllegalStateException e) {
            interview.failed(api.name(), e);
        }
        interview.stillThere(pair);
    }
}
