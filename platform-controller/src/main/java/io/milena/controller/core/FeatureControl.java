package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** UpdateFeatures (KIP-584, KIP-778): all updates of a request happen, or none. */
public final class FeatureControl {
    private static final byte UPGRADE = 1;
    private static final byte SAFE_DOWNGRADE = 2;
    private static final byte UNSAFE_DOWNGRADE = 3;
    /** Oldest metadata.version that can still be finalized (4.0 dropped what was before). */
    private static final short LOWEST_METADATA_VERSION = 7;

    private final ControlContext context;

    public FeatureControl(ControlContext context) {
        this.context = context;
    }

    public Decision<UpdateFeaturesResponseData> update(UpdateFeaturesRequestData request) {
        List<VersionedRecord> records = new ArrayList<>();
        Set<String> features = new LinkedHashSet<>();
        ApiError failure = ApiError.NONE;
        for (FeatureUpdateKey update : request.featureUpdates()) {
            ApiError error = decide(update, records);
            features.add(update.feature());
            if (error.isFailure() && failure.isSuccess()) {
                failure = error;
            }
        }
        if (failure.isFailure()) {
            return Decision.unchanged(failed(failure));
        }
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData().setErrorMessage(null);
        features.forEach(feature -> response.results()
                .add(new UpdatableFeatureResult().setFeature(feature).setErrorMessage(Errors.NONE.message())));
        return request.validateOnly() ? Decision.unchanged(response) : Decision.atomic(records, response);
    }

    /** One error tells of all, as none has happened; older versions would have results of single features, but get none. */
    private static UpdateFeaturesResponseData failed(ApiError failure) {
        return new UpdateFeaturesResponseData()
                .setErrorCode(failure.error().code())
                .setErrorMessage("The update failed for all features since the following feature had an error: "
                        + failure.message());
    }

    private ApiError decide(FeatureUpdateKey update, List<VersionedRecord> records) {
        String feature = update.feature();
        short level = update.maxVersionLevel();
        byte type = update.upgradeType() == 0 && update.allowDowngrade() ? SAFE_DOWNGRADE : update.upgradeType();
        short current = context.state().features().level(feature);
        Optional<String> reason = reasonAgainst(feature, level, type, current);
        if (reason.isPresent()) {
            return Refusal.of(
                    Errors.INVALID_UPDATE_VERSION,
                    "Invalid update version " + level + " for feature " + feature + ". " + reason.get());
        }
        if (level != current && !feature.equals(Features.KRAFT_VERSION)) {
            records.add(new VersionedRecord(
                    new FeatureLevelRecord().setName(feature).setFeatureLevel(level), 0));
        }
        return ApiError.NONE;
    }

    private Optional<String> reasonAgainst(String feature, short level, byte type, short current) {
        if (type < UPGRADE || type > UNSAFE_DOWNGRADE) {
            return Optional.of("The controller does not support the given upgrade type.");
        }
        if (level < 0) {
            return Optional.of("A feature version cannot be less than 0.");
        }
        Optional<String> unsupported = reasonNotSupported(feature, level);
        if (unsupported.isPresent()) {
            return unsupported;
        }
        if (feature.equals(Features.KRAFT_VERSION)) {
            return Optional.empty(); // Raft's own: it was asked before, and keeps the level in control records
        }
        if (level < current && type == UPGRADE) {
            return Optional.of("Can't downgrade the version of this feature without setting the upgrade type to"
                    + " either safe or unsafe downgrade.");
        }
        if (level > current && type != UPGRADE) {
            return Optional.of("Can't downgrade to a newer version.");
        }
        if (feature.equals(Features.METADATA_VERSION)) {
            return reasonAgainstMetadataVersion(level, type, current);
        }
        return Optional.empty();
    }

    /** Records written at a newer level could not be read at an older one, so levels that changed records never go back. */
    private static Optional<String> reasonAgainstMetadataVersion(short level, byte type, short current) {
        if (level < LOWEST_METADATA_VERSION) {
            return Optional.of("Valid versions are from " + LOWEST_METADATA_VERSION + " to " + current + ".");
        }
        if (level >= current) {
            return Optional.empty();
        }
        if (type == UNSAFE_DOWNGRADE) {
            return Optional.of("Unsafe metadata downgrade is not supported in this version.");
        }
        RecordVersions from = new RecordVersions(current);
        RecordVersions to = new RecordVersions(level);
        boolean sameRecords = from.partition() == to.partition()
                && from.registerBroker() == to.registerBroker()
                && from.controllerRegistration() == to.controllerRegistration();
        return sameRecords
                ? Optional.empty()
                : Optional.of("Refusing to perform the requested downgrade because it might delete metadata"
                        + " information.");
    }

    private Optional<String> reasonNotSupported(String feature, short level) {
        FeatureRange own = context.settings().supportedFeatures().get(feature);
        if (own == null) {
            return Optional.of("Controller does not support this feature.");
        }
        if (!supports(own, level)) {
            return Optional.of(unsupportedBy("Local controller", own));
        }
        for (BrokerState broker : context.state().brokers().all()) {
            FeatureRange range = broker.supportedFeatures().getOrDefault(feature, FeatureRange.of(0, 0));
            if (!supports(range, level)) {
                return Optional.of(unsupportedBy("Broker " + broker.id(), range));
            }
        }
        for (ControllerState controller : context.state().brokers().controllers()) {
            FeatureRange range = controller.supportedFeatures().getOrDefault(feature, FeatureRange.of(0, 0));
            if (!supports(range, level)) {
                return Optional.of(unsupportedBy("Controller " + controller.id(), range));
            }
        }
        return Optional.empty();
    }

    private static boolean supports(FeatureRange range, short level) {
        return level == 0 || range.contains(level);
    }

    private static String unsupportedBy(String node, FeatureRange range) {
        return node + " only supports versions " + range.min() + "-" + range.max();
    }
}
