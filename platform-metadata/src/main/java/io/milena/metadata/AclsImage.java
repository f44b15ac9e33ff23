package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.AccessControlEntryRecord;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;

/**
 * Access control entries.
 *
 * @param acls id to entry, unmodifiable
 */
public record AclsImage(Map<Uuid, AclBinding> acls) {
    public static final AclsImage EMPTY = new AclsImage(Map.of());

    public boolean isEmpty() {
        return acls.isEmpty();
    }

    void write(Consumer<VersionedRecord> out) {
        acls.forEach((id, acl) -> out.accept(new VersionedRecord(
                new AccessControlEntryRecord()
                        .setId(id)
                        .setResourceType(acl.pattern().resourceType().code())
                        .setResourceName(acl.pattern().name())
                        .setPatternType(acl.pattern().patternType().code())
                        .setPrincipal(acl.entry().principal())
                        .setHost(acl.entry().host())
                        .setOperation(acl.entry().operation().code())
                        .setPermissionType(acl.entry().permissionType().code()),
                0)));
    }
}
