package io.milena.wire;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.jspecify.annotations.Nullable;

/**
 * Each API's own form of an error. kafka-clients knows it by its request classes, which are found by their names: only for
 * errors, so it may cost reflection.
 */
final class ErrorResponses {

    private static final String REQUESTS = AbstractRequest.class.getPackageName() + ".";
    private static final int DATA = "Data".length();

    private ErrorResponses() {}

    static Errors kind(Throwable failure) {
        return Errors.forException(unwrap(failure));
    }

    /** The response that tells of the failure, or null if the request asked for no answer. */
    static @Nullable ApiMessage of(ApiMessage request, ApiKeys api, short version, Throwable failure) {
        // Their request classes refuse the very filters and entries that an error may be about.
        if (request instanceof DescribeAclsRequestData) {
            return describeAcls(unwrap(failure));
        }
        if (request instanceof CreateAclsRequestData creation) {
            return createAcls(creation, unwrap(failure));
        }
        if (request instanceof DeleteAclsRequestData deletion) {
            return deleteAcls(deletion, unwrap(failure));
        }
        if (request instanceof CreateTopicsRequestData creation) {
            return createTopics(creation, unwrap(failure));
        }
        AbstractRequest typed = typed(request, api, version);
        try {
            AbstractResponse response = typed.getErrorResponse(0, unwrap(failure));
            return response == null ? null : response.data();
        } catch (RuntimeException unfit) {
            throw hasNoForm(api, version, unfit);
        }
    }

    private static ApiMessage describeAcls(Throwable failure) {
        ApiError error = ApiError.fromThrowable(failure);
        return new DescribeAclsResponseData().setErrorCode(error.error().code()).setErrorMessage(error.message());
    }

    /** Of a known size: kafka-clients lets the collection grow, which takes cubic time for topics of one name. */
    private static ApiMessage createTopics(CreateTopicsRequestData request, Throwable failure) {
        ApiError error = ApiError.fromThrowable(failure);
        CreatableTopicResultCollection results =
                new CreatableTopicResultCollection(request.topics().size() + 1);
        for (CreatableTopic topic : request.topics()) {
            results.add(new CreatableTopicResult()
                    .setName(topic.name())
                    .setErrorCode(error.error().code())
                    .setErrorMessage(error.message()));
        }
        return new CreateTopicsResponseData().setTopics(results);
    }

    private static ApiMessage createAcls(CreateAclsRequestData request, Throwable failure) {
        ApiError error = ApiError.fromThrowable(failure);
        CreateAclsResponseData response = new CreateAclsResponseData();
        request.creations()
                .forEach(each -> response.results()
                        .add(new AclCreationResult()
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.message())));
        return response;
    }

    private static ApiMessage deleteAcls(DeleteAclsRequestData request, Throwable failure) {
        ApiError error = ApiError.fromThrowable(failure);
        DeleteAclsResponseData response = new DeleteAclsResponseData();
        request.filters()
                .forEach(each -> response.filterResults()
                        .add(new DeleteAclsFilterResult()
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.message())));
        return response;
    }

    private static AbstractRequest typed(ApiMessage request, ApiKeys api, short version) {
        if (request instanceof OffsetForLeaderEpochRequestData epochs) {
            return new OffsetsForLeaderEpochRequest(epochs, version);
        }
        Class<?> data = request.getClass();
        String name = data.getSimpleName();
        try {
            Class<?> type = Class.forName(
                    REQUESTS + name.substring(0, name.length() - DATA), true, AbstractRequest.class.getClassLoader());
            Constructor<?> constructor = type.getDeclaredConstructor(data, short.class);
            constructor.setAccessible(true);
            return (AbstractRequest) constructor.newInstance(request, version);
        } catch (InvocationTargetException refused) {
            throw hasNoForm(api, version, refused.getTargetException());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(api + " has no request class of the expected form.", e);
        }
    }

    /** The request holds what its class cannot be of: the client's mistake. */
    private static InvalidRequestException hasNoForm(ApiKeys api, short version, Throwable why) {
        return new InvalidRequestException(
                api + " version " + version + " has no form of its error for what the request holds: " + why, why);
    }

    static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
