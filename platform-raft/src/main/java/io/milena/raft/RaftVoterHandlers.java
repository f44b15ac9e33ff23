package io.milena.raft;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** AddRaftVoter (80), RemoveRaftVoter (81) and UpdateRaftVoter (82), KIP-853: refused for now, with the reason. */
final class RaftVoterHandlers {
    private RaftVoterHandlers() {}

    static List<ApiHandler<?>> all(RaftDriver driver) {
        return List.of(
                new Refusing<AddRaftVoterRequestData>(
                        ApiKeys.ADD_RAFT_VOTER,
                        driver,
                        (error, why) -> new AddRaftVoterResponseData()
                                .setErrorCode(error.code())
                                .setErrorMessage(why)),
                new Refusing<RemoveRaftVoterRequestData>(
                        ApiKeys.REMOVE_RAFT_VOTER,
                        driver,
                        (error, why) -> new RemoveRaftVoterResponseData()
                                .setErrorCode(error.code())
                                .setErrorMessage(why)),
                new Refusing<UpdateRaftVoterRequestData>(
                        ApiKeys.UPDATE_RAFT_VOTER,
                        driver,
                        (error, why) -> new UpdateRaftVoterResponseData().setErrorCode(error.code())));
    }

    private record Refusing<Q extends ApiMessage>(
            ApiKeys api, RaftDriver driver, BiFunction<Errors, String, ApiMessage> refusal) implements ApiHandler<Q> {
        @Override
        public void handle(Exchange<Q> exchange) {
            driver.enqueue(() -> {
                if (driver.describe().isEmpty()) {
                    exchange.respond(refusal.apply(Errors.NOT_LEADER_OR_FOLLOWER, "This node is not the leader"));
                } else if (driver.log().kraftVersion() < 1) {
                    exchange.respond(refusal.apply(
                            Errors.UNSUPPORTED_VERSION,
                            "The voters are static (kraft.version 0): they are changed in controller.quorum.voters"));
                } else {
                    exchange.respond(refusal.apply(Errors.INVALID_REQUEST, "Changing the voters is not supported yet"));
                }
            });
        }
    }
}
