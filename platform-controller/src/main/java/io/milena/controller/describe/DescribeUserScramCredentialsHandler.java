package io.milena.controller.describe;

import io.milena.controller.core.Duplicates;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.ScramImage;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DescribeUserScramCredentials (50, KIP-554): which mechanisms users have credentials for, never the credentials. */
final class DescribeUserScramCredentialsHandler implements ApiHandler<DescribeUserScramCredentialsRequestData> {
    private final Supplier<MetadataImage> images;

    DescribeUserScramCredentialsHandler(Supplier<MetadataImage> images) {
        this.images = images;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS;
    }

    @Override
    public void handle(Exchange<DescribeUserScramCredentialsRequestData> exchange) {
        ScramImage scram = images.get().scram();
        List<UserName> asked = exchange.request().users();
        DescribeUserScramCredentialsResponseData response = new DescribeUserScramCredentialsResponseData();
        if (asked == null || asked.isEmpty()) {
            Set<String> users = new TreeSet<>();
            scram.mechanisms().values().forEach(each -> users.addAll(each.keySet()));
            users.forEach(user -> response.results().add(describe(user, scram)));
        } else {
            Set<String> duplicates = Duplicates.among(asked.stream().map(UserName::name));
            asked.stream()
                    .map(UserName::name)
                    .distinct()
                    .forEach(user -> response.results()
                            .add(duplicates.contains(user) ? duplicate(user) : describe(user, scram)));
        }
        exchange.respond(response);
    }

    private static DescribeUserScramCredentialsResult duplicate(String user) {
        return new DescribeUserScramCredentialsResult()
                .setUser(user)
                .setErrorCode(Errors.DUPLICATE_RESOURCE.code())
                .setErrorMessage(
                        "Cannot describe SCRAM credentials for the same user twice in a single request: " + user);
    }

    private static DescribeUserScramCredentialsResult describe(String user, ScramImage scram) {
        List<CredentialInfo> infos = new ArrayList<>();
        scram.mechanisms().forEach((mechanism, users) -> {
            var credential = users.get(user);
            if (credential != null) {
                infos.add(new CredentialInfo().setMechanism(mechanism.type()).setIterations(credential.iterations()));
            }
        });
        DescribeUserScramCredentialsResult result = new DescribeUserScramCredentialsResult().setUser(user);
        return infos.isEmpty()
                ? result.setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
                        .setErrorMessage("Attempt to describe a user credential that does not exist: " + user)
                : result.setCredentialInfos(infos);
    }
}
