package io.milena.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.server.common.Feature;
import org.junit.jupiter.api.Test;

/** Our tables of levels against Apache Kafka's. */
class MetadataVersionTest {
    private static final org.apache.kafka.server.common.MetadataVersion[] THEIRS =
            org.apache.kafka.server.common.MetadataVersion.VERSIONS;

    @Test
    void everyLevelHasKafkasNameAndRecordVersions() {
        assertThat(MetadataVersion.values()).hasSameSizeAs(THEIRS);
        for (var theirs : THEIRS) {
            MetadataVersion ours = MetadataVersion.ofLevel(theirs.featureLevel());
            assertThat(ours.version()).isEqualTo(theirs.version());
            assertThat(MetadataVersion.ofVersion(theirs.version())).isEqualTo(ours);
            assertThat(ours.partitionRecordVersion()).isEqualTo(theirs.partitionRecordVersion());
            assertThat(ours.partitionChangeRecordVersion()).isEqualTo(theirs.partitionChangeRecordVersion());
            assertThat(ours.registerBrokerRecordVersion()).isEqualTo(theirs.registerBrokerRecordVersion());
            assertThat(ours.fetchRequestVersion()).isEqualTo(theirs.fetchRequestVersion());
            assertThat(ours.listOffsetRequestVersion()).isEqualTo(theirs.listOffsetRequestVersion());
            assertThat(ours.isProduction()).isEqualTo(theirs.isProduction());
            assertThat(ours.didMetadataChange()).as(ours.version()).isEqualTo(theirs.didMetadataChange());
        }
    }

    @Test
    void everyLevelSupportsWhatKafkaSupportsAtIt() {
        for (var theirs : THEIRS) {
            MetadataVersion ours = MetadataVersion.ofLevel(theirs.featureLevel());
            assertThat(new boolean[] {
                        ours.isScramSupported(),
                        ours.isMetadataTransactionSupported(),
                        ours.isDelegationTokenSupported(),
                        ours.isControllerRegistrationSupported(),
                        ours.isDirectoryAssignmentSupported(),
                        ours.isElrSupported(),
                        ours.isCordonedLogDirsSupported(),
                        ours.isMigrationSupported(),
                        ours.isLeaderEpochBumpRequiredOnIsrShrink()
                    })
                    .as(ours.version())
                    .containsExactly(
                            theirs.isScramSupported(),
                            theirs.isMetadataTransactionSupported(),
                            theirs.isDelegationTokenSupported(),
                            theirs.isControllerRegistrationSupported(),
                            theirs.isDirectoryAssignmentSupported(),
                            theirs.isElrSupported(),
                            theirs.isCordonedLogDirsSupported(),
                            theirs.isMigrationSupported(),
                            theirs.isLeaderEpochBumpRequiredOnIsrShrink());
        }
    }

    @Test
    void changesBetweenLevelsAreKafkas() {
        for (var one : THEIRS) {
            for (var other : THEIRS) {
                assertThat(MetadataVersion.metadataChangesBetween(
                                MetadataVersion.ofLevel(one.featureLevel()),
                                MetadataVersion.ofLevel(other.featureLevel())))
                        .isEqualTo(org.apache.kafka.server.common.MetadataVersion.checkIfMetadataChanged(one, other));
            }
        }
    }

    @Test
    void aReleaseMeansItsNewestLevel() {
        assertThat(MetadataVersion.ofVersion("4.0")).isEqualTo(MetadataVersion.V4_0_IV3);
        assertThat(MetadataVersion.LATEST_PRODUCTION.level()).isEqualTo((short) 30);
    }

    @Test
    void featuresHaveKafkasRangesAndDefaults() {
        for (Feature theirs : Feature.PRODUCTION_FEATURES) {
            Features ours = Features.find(theirs.featureName()).orElseThrow();
            assertThat(ours.supportedRange().min())
                    .isEqualTo(theirs.supportedVersionRange().min());
            assertThat(ours.supportedRange().max())
                    .isEqualTo(theirs.supportedVersionRange().max());
            for (var version : THEIRS) {
                assertThat(ours.defaultLevel(MetadataVersion.ofLevel(version.featureLevel())))
                        .as(ours + " at " + version)
                        .isEqualTo(theirs.defaultLevel(version));
            }
        }
        assertThat(Features.values()).hasSize(Feature.PRODUCTION_FEATURES.size() + 1);
    }

    @Test
    void bootstrapRecordsBeginWithMetadataVersionAndLeaveKraftVersionToTheLog() {
        assertThat(BootstrapRecords.of(MetadataVersion.V4_3_IV0, Map.of("share.version", (short) 0)))
                .extracting(record -> record.message().toString())
                .containsExactly(
                        "FeatureLevelRecord(name='metadata.version', featureLevel=30)",
                        "FeatureLevelRecord(name='eligible.leader.replicas.version', featureLevel=1)",
                        "FeatureLevelRecord(name='group.version', featureLevel=1)",
                        "FeatureLevelRecord(name='streams.version', featureLevel=1)",
                        "FeatureLevelRecord(name='transaction.version', featureLevel=2)");
    }
}
