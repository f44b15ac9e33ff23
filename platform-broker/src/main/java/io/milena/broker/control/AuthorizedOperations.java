package io.milena.broker.control;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.IDEMPOTENT_WRITE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import org.apache.kafka.common.acl.AclOperation;

/** The bit fields of KIP-430. Without an authorizer everybody may do everything that a resource knows. */
final class AuthorizedOperations {
    /** What a response carries when the client did not ask. */
    static final int NOT_ASKED = Integer.MIN_VALUE;

    static final int ALL_ON_TOPIC = bits(READ, WRITE, CREATE, DESCRIBE, DELETE, ALTER, DESCRIBE_CONFIGS, ALTER_CONFIGS);
    static final int ALL_ON_CLUSTER =
            bits(CREATE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE, ALTER, DESCRIBE);

    private AuthorizedOperations() {}

    static int onTopic(boolean asked) {
        return asked ? ALL_ON_TOPIC : NOT_ASKED;
    }

    static int onCluster(boolean asked) {
        return asked ? ALL_ON_CLUSTER : NOT_ASKED;
    }

    private static int bits(AclOperation... operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
