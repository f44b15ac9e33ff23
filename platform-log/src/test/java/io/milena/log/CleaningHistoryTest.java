package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random histories of a compacted log beside a model of it. */
class CleaningHistoryTest {
    @TempDir
    Path logDir;

    private CompactedLog fixture;

    @Test
    void anyHistoryKeepsTheNewestValueOfEachKey() {
        for (int seed = 0; seed < Integer.getInteger("milena.cleaner.seeds", 12); seed++) {
            fixture = new CompactedLog(logDir.resolve("seed-" + seed));
            fixture.with("segment.bytes", 2048)
                    .with("delete.retention.ms", 1_000)
                    .create();
            history(new Random(seed), "seed " + seed);
            fixture.log.close();
        }
    }

    /** What was written, in the order of offsets; transaction 0 is none. */
    private record Written(String entry, int transaction) {}

    private void history(Random random, String seed) {
        List<Written> written = new ArrayList<>();
        Set<Integer> aborted = new HashSet<>();
        int sequence = 0;
        int transaction = 1;
        boolean open = false;
        long dirty = 0;
        for (int step = 0; step < 150; step++) {
            fixture.nowMs += random.nextInt(200);
            int dice = random.nextInt(100);
            String key = "k" + random.nextInt(12);
            String entry = random.nextInt(5) == 0 ? key : key + "=" + step;
            if (dice < 50) {
                fixture.put(entry);
                written.add(new Written(entry, 0));
            } else if (dice < 65) {
                fixture.transactional(3, sequence++, entry);
                written.add(new Written(entry, transaction));
                open = true;
            } else if (dice < 80 && open) {
                boolean commit = random.nextBoolean();
                fixture.end(3, commit);
                if (!commit) {
                    aborted.add(transaction);
                }
                transaction++;
                open = false;
            } else if (dice < 88) {
                fixture.log.roll();
            } else if (dice < 95) {
                dirty = cleanCommitted(dirty, random.nextBoolean() ? CompactedLog.MEMORY : 24 * 24);
            } else if (dice < 98) {
                fixture.reopen();
            } else {
                fixture.crash();
                fixture.log.updateHighWatermark(fixture.log.logEndOffset());
            }
            if (!open) {
                assertThat(fixture.newest()).as("%s, step %d", seed, step).isEqualTo(newest(written, aborted));
            }
        }
    }

    private static Map<String, String> newest(List<Written> written, Set<Integer> aborted) {
        Map<String, String> model = new TreeMap<>();
        for (Written each : written) {
            if (!aborted.contains(each.transaction)) {
                apply(model, each.entry);
            }
        }
        return model;
    }

    private long cleanCommitted(long dirty, long memory) {

        long limit = fixture.log.lastStableOffset();
        long upTo = 0;
        Segment[] segments = fixture.log.slot().log().snapshot().segments();
        for (int i = 1; i < segments.length && segments[i].baseOffset() <= limit; i++) {
            upTo = segments[i].baseOffset();
        }
        return upTo > dirty ? fixture.log.clean(dirty, upTo, memory, fixture.nowMs) : dirty;
    }

    private static void apply(Map<String, String> model, String entry) {
        String[] parts = entry.split("=", 2);
        if (parts.length == 2) {
            model.put(parts[0], parts[1]);
        } else {
            model.remove(parts[0]);
        }
    }
}
