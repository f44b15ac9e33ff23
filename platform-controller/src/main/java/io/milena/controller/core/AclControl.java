package io.milena.controller.core;

import io.milena.records.metadata.AccessControlEntryRecord;
import io.milena.records.metadata.RemoveAccessControlEntryRecord;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * Access control entries. They are kept, so that a log written by Apache Kafka replays, but not enforced yet: without an
 * authorizer CreateAcls and DeleteAcls are refused with SECURITY_DISABLED, as Kafka does.
 */
public final class AclControl {
    private final Map<Uuid, AccessControlEntryRecord> entries = new HashMap<>();

    public int size() {
        return entries.size();
    }

    void replay(AccessControlEntryRecord record) {
        entries.put(record.id(), record);
    }

    void replay(RemoveAccessControlEntryRecord record) {
        if (entries.remove(record.id()) == null) {
            throw new IllegalStateException("Unable to replay " + record + ": no acl with that ID found.");
        }
    }
}
