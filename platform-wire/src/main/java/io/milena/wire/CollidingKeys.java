package io.milena.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.ArrayOf;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;

/**
 * Finds requests whose decoding would take for ever: kafka-clients puts elements that have a key into hash tables with linear
 * probing, and grows the table with the last element of each array. Growing takes time to the third power of the longest run
 * of occupied slots: two thousand topics of one name, 10 KB, take twenty seconds. Honest names make runs of a few dozen.
 *
 * <p>The request is walked by its schema, without making an object of it.
 */
final class CollidingKeys {

    /** From this length on an array is worth a look. */
    static final int MIN_ELEMENTS = 64;

    private static final int MAX_RUN = 256;

    /** The APIs whose requests have such tables. */
    private static final Set<ApiKeys> APIS = EnumSet.of(
            ApiKeys.PRODUCE,
            ApiKeys.JOIN_GROUP,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.OFFSET_FOR_LEADER_EPOCH,
            ApiKeys.ADD_PARTITIONS_TO_TXN,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.ALTER_REPLICA_LOG_DIRS,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.ELECT_LEADERS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.OFFSET_DELETE,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.BROKER_REGISTRATION,
            ApiKeys.CONTROLLER_REGISTRATION,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.UPDATE_RAFT_VOTER,
            ApiKeys.BEGIN_QUORUM_EPOCH,
            ApiKeys.END_QUORUM_EPOCH,
            ApiKeys.SHARE_FETCH,
            ApiKeys.SHARE_ACKNOWLEDGE);

    /** The fields that are, or belong to, a key in one of them. */
    private static final Set<String> KEY_FIELDS = Set.of(
            "name",
            "topic",
            "topic_name",
            "topic_id",
            "path",
            "transactional_id",
            "feature",
            "resource_type",
            "resource_name",
            "partition_index");

    private final RequestReader budget;
    private final ByteBuffer body;

    private CollidingKeys(ByteBuffer body, RequestReader budget) {
        this.body = body;
        this.budget = budget;
    }

    static boolean mayBeIn(ApiKeys api) {
        return APIS.contains(api);
    }

    /**
     * Refuses a body with colliding keys; what cannot be read otherwise is for the decoder to say.
     *
     * @param budget counts the elements against the memory
     */
    static void refuse(ApiKeys api, short version, ByteBuffer body, RequestReader budget) {
        if (mayBeIn(api)) {
            Schema schema = api.messageType.requestSchemas()[version];
            new CollidingKeys(body, budget).walk(schema);
        }
    }

    /** Returns the hash of the key, as generated code computes it. */
    private int walk(Schema schema) {
        int hash = 0;
        for (BoundField field : schema.fields()) {
            @Nullable Object value = walk(field.def.type);
            if (KEY_FIELDS.contains(field.def.name)) {
                hash = 31 * hash + (value == null ? 0 : value.hashCode());
            }
        }
        return hash;
    }

    private @Nullable Object walk(Type type) {
        if (type instanceof ArrayOf array) {
            walkArray(array.arrayElementType().orElseThrow(), body.getInt());
            return null;
        } else if (type instanceof CompactArrayOf array) {
            walkArray(array.arrayElementType().orElseThrow(), ByteUtils.readUnsignedVarint(body) - 1);
            return null;
        } else if (type instanceof Schema nested) {
            return walk(nested);
        } else if (type instanceof TaggedFields) {
            skipTaggedFields();
            return null;
        }
        return type.read(body);
    }

    private void walkArray(Type element, int length) {
        if (length <= 0) {
            return;
        }
        budget.expect(length, body.remaining());
        if (length < MIN_ELEMENTS || !(element instanceof Schema schema)) {
            for (int i = 0; i < length; i++) {
                walk(element);
            }
            return;
        }
        int slots = 2 * length + 1;
        int[] hashes = new int[length];
        for (int i = 0; i < length; i++) {
            hashes[i] = walk(schema);
        }
        int[] home =
                Arrays.stream(hashes).map(hash -> (hash & 0x7fffffff) % slots).toArray();
        // A key's absent fields at its end count as zeros: one more step of the hash.
        int run = Math.max(longestRun(home), longestRun(stepped(hashes, slots)));
        if (run > MAX_RUN) {
            throw new RefusedException("its keys collide: " + run + " of " + length + " elements");
        }
    }

    private static int[] stepped(int[] hashes, int slots) {
        return Arrays.stream(hashes)
                .map(hash -> (31 * hash & 0x7fffffff) % slots)
                .toArray();
    }

    /** The longest row of occupied slots after all elements have been placed by linear probing. */
    static int longestRun(int[] home) {
        Arrays.sort(home);
        int longest = 0;
        int start = home[0];
        int end = start; // first free slot behind the run
        for (int slot : home) {
            if (slot > end) {
                start = slot;
                end = slot;
            }
            end++;
            longest = Math.max(longest, end - start);
        }
        return longest;
    }

    private void skipTaggedFields() {
        int fields = ByteUtils.readUnsignedVarint(body);
        for (int i = 0; i < fields; i++) {
            ByteUtils.readUnsignedVarint(body);
            int size = ByteUtils.readUnsignedVarint(body);
            body.position(body.position() + size);
        }
    }
}
