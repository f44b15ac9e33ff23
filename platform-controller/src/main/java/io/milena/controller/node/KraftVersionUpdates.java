package io.milena.controller.node;

import io.milena.metadata.Features;
import io.milena.raft.RaftNode;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/**
 * UpdateFeatures where {@code kraft.version} is among the features: Raft decides about that one and keeps it in control records, and only
 * if it agrees the controller decides about the others.
 */
final class KraftVersionUpdates implements ApiHandler<UpdateFeaturesRequestData> {
    private static final String NAME = Features.KRAFT_VERSION.featureName();

    private final RaftNode raft;
    private final ApiHandler<UpdateFeaturesRequestData> others;

    /** @param others decides about the other features, and lets {@code kraft.version} pass */
    KraftVersionUpdates(RaftNode raft, ApiHandler<UpdateFeaturesRequestData> others) {
        this.raft = raft;
        this.others = others;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.UPDATE_FEATURES;
    }

    @Override
    public void handle(Exchange<UpdateFeaturesRequestData> exchange) {
        UpdateFeaturesRequestData request = exchange.request();
        FeatureUpdateKey update = request.featureUpdates().find(NAME);
        if (update == null || !Features.KRAFT_VERSION.supportedRange().contains(update.maxVersionLevel())) {
            others.handle(exchange);
            return;
        }
        raft.upgradeKraftVersion(update.maxVersionLevel(), request.validateOnly())
                .whenComplete((outcome, failure) -> {
                    if (failure != null) {
                        exchange.respond(failed(request, ApiError.fromThrowable(failure)));
                    } else if (outcome.error() == Errors.NOT_LEADER_OR_FOLLOWER) {
                        exchange.respond(failed(request, new ApiError(Errors.NOT_CONTROLLER)));
                    } else if (outcome.isFailure()) {
                        exchange.respond(failed(request, refused(update, outcome)));
                    } else {
                        others.handle(exchange);
                    }
                });
    }

    private static ApiError refused(FeatureUpdateKey update, ApiError outcome) {
        return new ApiError(
                outcome.error(),
                "Invalid update version " + update.maxVersionLevel() + " for feature " + NAME + ". "
                        + outcome.message());
    }

    private static UpdateFeaturesResponseData failed(UpdateFeaturesRequestData request, ApiError error) {
        @Nullable
        String message = error.error() == Errors.NOT_CONTROLLER
                ? error.message()
                : "The update failed for all features since the following feature had an error: " + error.message();
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData()
                .setErrorCode(error.error().code())
                .setErrorMessage(message);
        request.featureUpdates()
                .forEach(each -> response.results()
                        .add(new UpdatableFeatureResult()
                                .setFeature(each.feature())
                                .setErrorCode(error.error().code())
                                .setErrorMessage(message)));
        return response;
    }
}
