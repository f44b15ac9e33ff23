package io.milena.testkit.raft;

import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the work of a quorum: whatever happens, one process sends another only so many requests of a kind in a second that bring nothing,
 * and logs only so many warnings. Safety says nothing about storms; this does.
 */
final class QuorumWork {
    /** Rounds of votes follow each other at once when a leader is gone, and each asks a voter a few times. */
    private static final int MOST_VOTES = 100;

    /** Six tries while a voter cannot be reached, once for each leadership that begins in that second. */
    private static final int MOST_ANNOUNCEMENTS = 30;

    /** A peer that answers without helping is asked each 20 ms at most, when it helped in between. */
    private static final int MOST_USELESS_FETCHES = 100;

    private static final int MOST_WARNINGS = 100;

    private record Sender(Life from, String to, ApiKeys api) {}

    private final World world;
    private final Map<Sender, Integer> useless = new HashMap<>();
    private final Map<Life, Integer> warnings = new HashMap<>();
    private long second = -1;
    private long minute = -1;

    QuorumWork(World world) {
        this.world = world;
    }

    /** A request has gone out, and this is its outcome; {@code answer} is null if there was none. */
    void ended(Life from, String to, ApiMessage request, @Nullable ApiMessage answer) {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        if (answer != null && brings(answer)) {
            return;
        }
        if (world.nowMs() / 1_000 != second) {
            second = world.nowMs() / 1_000;
            useless.clear();
        }
        int sent = useless.merge(new Sender(from, to, api), 1, Integer::sum);
        Violation.unless(
                sent <= most(api),
                "host %d sends %d %s to %s in a second that bring nothing, the last answer: %s",
                from.host().id(),
                sent,
                api,
                to,
                answer);
    }

    /** Votes and announcements never bring so much that the next may follow at once. */
    private static boolean brings(ApiMessage answer) {
        if (answer instanceof FetchResponseData fetched) {
            return fetched.errorCode() == Errors.NONE.code()
                    && fetched.responses().get(0).partitions().get(0).errorCode() == Errors.NONE.code();
        }
        return answer instanceof FetchSnapshotResponseData chunk
                && chunk.errorCode() == Errors.NONE.code()
                && chunk.topics().get(0).partitions().get(0).errorCode() == Errors.NONE.code();
    }

    private static int most(ApiKeys api) {
        return switch (api) {
            case VOTE -> MOST_VOTES;
            case FETCH, FETCH_SNAPSHOT -> MOST_USELESS_FETCHES;
            default -> MOST_ANNOUNCEMENTS;
        };
    }

    void warned(Life who, String text) {
        if (world.nowMs() / 60_000 != minute) {
            minute = world.nowMs() / 60_000;
            warnings.clear();
        }
        int said = warnings.merge(who, 1, Integer::sum);
        Violation.unless(
                said <= MOST_WARNINGS,
                "host %d warns %d times in a minute: %s",
                who.host().id(),
                said,
                text);
    }
}
