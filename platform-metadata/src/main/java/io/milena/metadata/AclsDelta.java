package io.milena.metadata;

import io.milena.records.metadata.AccessControlEntryRecord;
import io.milena.records.metadata.RemoveAccessControlEntryRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Access control entries added and removed since the base image. */
public final class AclsDelta {
    private final AclsImage base;
    private final Map<Uuid, Optional<AclBinding>> changes = new LinkedHashMap<>();

    AclsDelta(AclsImage base) {
        this.base = base;
    }

    /** Id to new entry, empty if removed; unmodifiable. */
    public Map<Uuid, Optional<AclBinding>> changes() {
        return Collections.unmodifiableMap(changes);
    }

    void replay(AccessControlEntryRecord record) {
        AclBinding acl = new AclBinding(
                new ResourcePattern(
                        ResourceType.fromCode(record.resourceType()),
                        record.resourceName(),
                        PatternType.fromCode(record.patternType())),
                new AccessControlEntry(
                        record.principal(),
                        record.host(),
                        AclOperation.fromCode(record.operation()),
                        AclPermissionType.fromCode(record.permissionType())));
        changes.put(record.id(), Optional.of(acl));
    }

    void replay(RemoveAccessControlEntryRecord record) {
        boolean addedHere = changes.getOrDefault(record.id(), Optional.empty()).isPresent();
        if (base.acls().containsKey(record.id())) {
            changes.put(record.id(), Optional.empty());
        } else if (addedHere) {
            changes.remove(record.id());
        } else {
            throw new IllegalStateException(
                    "A RemoveAccessControlEntry record names ACL " + record.id() + ", which does not exist");
        }
    }

    void finishSnapshot() {
        base.acls().keySet().forEach(id -> changes.putIfAbsent(id, Optional.empty()));
    }

    AclsImage apply() {
        return new AclsImage(Deltas.applied(base.acls(), changes));
    }
}
