package io.milena.metadata;

import io.milena.records.VersionedRecord;
import java.util.function.Consumer;

/**
 * The cluster's metadata up to one batch of the metadata log. Immutable: any thread may keep one as long as it likes. The
 * image of a snapshot of an image equals the image itself.
 */
public record MetadataImage(
        MetadataProvenance provenance,
        FeaturesImage features,
        ClusterImage cluster,
        TopicsImage topics,
        ConfigurationsImage configs,
        ClientQuotasImage clientQuotas,
        ProducerIdsImage producerIds,
        AclsImage acls,
        ScramImage scram,
        DelegationTokensImage delegationTokens) {
    /** Before the first record. */
    public static final MetadataImage EMPTY = new MetadataImage(
            MetadataProvenance.EMPTY,
            FeaturesImage.EMPTY,
            ClusterImage.EMPTY,
            TopicsImage.EMPTY,
            ConfigurationsImage.EMPTY,
            ClientQuotasImage.EMPTY,
            ProducerIdsImage.EMPTY,
            AclsImage.EMPTY,
            ScramImage.EMPTY,
            DelegationTokensImage.EMPTY);

    /**
     * Emits the records of a snapshot, each with the version the finalized metadata.version allows; feature levels come
     * first. What the finalized level cannot express is left out.
     */
    public void write(Consumer<VersionedRecord> out) {
        writeAt(features.metadataVersion(), out);
    }

    void writeAt(MetadataVersion version, Consumer<VersionedRecord> out) {
        features.write(out);
        cluster.write(out, version);
        topics.write(out, version, features.isElrEnabled());
        configs.write(out);
        clientQuotas.write(out);
        producerIds.write(out);
        acls.write(out);
        scram.write(out, version);
        delegationTokens.write(out, version);
    }

    /** Whether both hold the same metadata, wherever it came from. */
    public boolean sameContents(MetadataImage other) {
        return other.withProvenance(provenance).equals(this);
    }

    MetadataImage withProvenance(MetadataProvenance other) {
        return new MetadataImage(
                other, features, cluster, topics, configs, clientQuotas, producerIds, acls, scram, delegationTokens);
    }
}
