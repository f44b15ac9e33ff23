package io.milena.testkit.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MutationGateTest {
    private static final boolean RARE = Boolean.getBoolean("milena.mutants.rare");
    private static final String ONLY = System.getProperty("milena.mutants", "");

    @Test
    void every_planted_bug_is_caught_by_a_simulation() throws Exception {
        List<Mutant> mutants = Mutant.all().stream()
                .filter(each -> each.name().contains(ONLY) && (!each.rare() || RARE))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Hunt.Result> results = new ArrayList<>();
        try {
            List<Future<Hunt.Result>> hunts = new ArrayList<>();
            mutants.forEach(mutant -> hunts.add(threads.submit(() -> Hunt.run(mutant))));
            for (Future<Hunt.Result> hunt : hunts) {
                results.add(hunt.get());
            }
        } finally {
            threads.shutdownNow();
        }
        Files.write(
                Path.of("target", "mutants.txt"),
                results.stream().map(Hunt.Result::toString).toList());

        assertThat(results).hasSizeGreaterThanOrEqualTo(ONLY.isEmpty() ? 20 : 1).allMatch(Hunt.Result::isCaught);
    }

    @Test
    void a_change_that_is_no_bug_survives() {
        Mutant harmless = new Mutant(
                "harmless",
                "none",
                "platform-raft/src/main/java/io/milena/raft/core/Elections.java",
                "raft",
                1,
                2,
                false,
                "boolean granted = false;",
                "boolean granted = 1 > 2;");
        assertThat(Hunt.run(harmless).isCaught()).isFalse();
    }

    @Test
    void a_mutant_whose_text_is_gone_or_that_does_not_compile_fails_the_gate() {
        String source = "platform-raft/src/main/java/io/milena/raft/core/Elections.java";
        assertThatThrownBy(() -> Hunt.run(new Mutant("old", "", source, "raft", 1, 1, false, "no such text", "")))
                .hasMessageContaining("not in " + source + " any more");
        assertThatThrownBy(() -> Hunt.run(
                        new Mutant("bad", "", source, "raft", 1, 1, false, "boolean granted = false;", "granted = 7;")))
                .hasMessageContaining("does not compile");
    }
}
