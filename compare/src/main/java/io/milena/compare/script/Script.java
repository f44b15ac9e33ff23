package io.milena.compare.script;

import io.milena.compare.Interview;
import java.util.List;

/** A sequence of questions in which later ones depend on earlier ones. */
public interface Script {
    /** What is asked in every run, in this order. */
    List<Script> SHORT = List.of(
            new IdempotentProducer(),
            new FetchSessions(),
            new ClassicGroups(),
            new StaticMembers(),
            new ModernGroups(),
            new Quotas());

    /** What is asked besides in a long run. */
    List<Script> LONG = List.of(
            new Frames(),
            new ProducedBatches(),
            new OffsetsByTime(),
            new TopicLife(),
            new TopicAndGroupConfigs(),
            new BrokerConfigs());

    void ask(Interview interview);
}
