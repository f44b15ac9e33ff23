package io.milena.raft.rpc;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One API between replicas, in both directions.
 *
 * @param <Q> request data class
 * @param <P> response data class
 */
public interface RaftRpc<Q extends ApiMessage, P extends ApiMessage> {
    String TOPIC = "__cluster_metadata";
    Uuid TOPIC_ID = Uuid.METADATA_TOPIC_ID;
    int PARTITION = 0;

    ApiKeys api();

    Q request(Request request, Context context);

    /** The request, or the error of the whole response if it is not for this quorum. */
    Parsed parse(Q data, Context context);

    P response(Response response, short version);

    Response parseResponse(P data, Context context);

    /** The response that only carries {@code error}. */
    P failure(Errors error);

    /**
     * @param clusterId of this node
     * @param listener name of the controller listener
     * @param ownEndpoints this node's own listeners, as bound by the time they are asked for
     */
    record Context(String clusterId, String listener, Supplier<Map<String, HostPort>> ownEndpoints) {
        public Map<String, HostPort> leaderEndpoints() {
            return ownEndpoints.get();
        }

        public Errors check(@Nullable String requestClusterId) {
            return requestClusterId == null || requestClusterId.equals(clusterId)
                    ? Errors.NONE
                    : Errors.INCONSISTENT_CLUSTER_ID;
        }
    }

    /** Exactly one of the two is set: {@code error} is NONE when there is a request. */
    record Parsed(@Nullable Request request, Errors error) {
        static Parsed of(Request request) {
            return new Parsed(request, Errors.NONE);
        }

        static Parsed failed(Errors error) {
            return new Parsed(null, error);
        }
    }

    /**
     * The one partition that requests between replicas may name.
     *
     * @return null unless the request names exactly the metadata partition
     */
    static <T, P> @Nullable P only(
            List<T> topics, Function<T, String> name, Function<T, List<P>> partitions, ToIntFunction<P> index) {
        if (topics.size() != 1 || !name.apply(topics.get(0)).equals(TOPIC)) {
            return null;
        }
        List<P> named = partitions.apply(topics.get(0));
        return named.size() == 1 && index.applyAsInt(named.get(0)) == PARTITION ? named.get(0) : null;
    }

    static OptionalInt leader(int id) {
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** A header that says nothing but an error: no epoch, hence no news. */
    static Response.Header failed(short errorCode) {
        return new Response.Header(Errors.forCode(errorCode), -1, OptionalInt.empty(), null);
    }

    /** The listener of that name, else the first. */
    static @Nullable HostPort pick(Map<String, HostPort> endpoints, String listener) {
        HostPort named = endpoints.get(listener);
        return named != null ? named : endpoints.values().stream().findFirst().orElse(null);
    }
}
