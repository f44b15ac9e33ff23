package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.RemoveUserScramCredentialRecord;
import io.milena.records.metadata.UserScramCredentialRecord;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/** SCRAM credentials (KIP-554): the salted password becomes stored and server key (RFC 5802) and is then forgotten. */
public final class ScramControl {
    private static final int MAX_ITERATIONS = 16_384;
    private static final int MIN_ITERATIONS = 4_096;

    private final Map<Key, UserScramCredentialRecord> credentials = new HashMap<>();

    public Decision<AlterUserScramCredentialsResponseData> alter(AlterUserScramCredentialsRequestData request) {
        Map<String, ApiError> errors = new LinkedHashMap<>();
        Set<Key> seen = new HashSet<>();
        request.deletions().forEach(each -> note(errors, each.name(), check(each, seen)));
        request.upsertions().forEach(each -> note(errors, each.name(), check(each, seen)));
        List<VersionedRecord> records = new ArrayList<>();
        for (ScramCredentialDeletion each : request.deletions()) {
            if (succeeds(errors, each.name())) {
                records.add(new VersionedRecord(
                        new RemoveUserScramCredentialRecord()
                                .setName(each.name())
                                .setMechanism(each.mechanism()),
                        0));
            }
        }
        for (ScramCredentialUpsertion each : request.upsertions()) {
            if (succeeds(errors, each.name())) {
                records.add(new VersionedRecord(credential(each), 0));
            }
        }
        List<AlterUserScramCredentialsResult> results = new ArrayList<>();
        errors.forEach((user, error) -> results.add(new AlterUserScramCredentialsResult()
                .setUser(user)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message())));
        return Decision.atomic(records, new AlterUserScramCredentialsResponseData().setResults(results));
    }

    private static boolean succeeds(Map<String, ApiError> errors, String user) {
        return errors.getOrDefault(user, ApiError.NONE).isSuccess();
    }

    private static void note(Map<String, ApiError> errors, String user, ApiError error) {
        errors.merge(user, error, (first, second) -> first.isSuccess() ? second : first);
    }

    private ApiError check(ScramCredentialDeletion deletion, Set<Key> seen) {
        ApiError common = check(deletion.name(), deletion.mechanism(), seen);
        if (common.isSuccess() && !credentials.containsKey(new Key(deletion.name(), deletion.mechanism()))) {
            return Refusal.of(Errors.RESOURCE_NOT_FOUND, "Attempt to delete a user credential that does not exist");
        }
        return common;
    }

    private static ApiError check(ScramCredentialUpsertion upsertion, Set<Key> seen) {
        ApiError common = check(upsertion.name(), upsertion.mechanism(), seen);
        if (common.isFailure()) {
            return common;
        }
        if (upsertion.saltedPassword().length == 0) {
            return Refusal.of(Errors.UNACCEPTABLE_CREDENTIAL, "Salted password must not be empty");
        }
        if (upsertion.iterations() < MIN_ITERATIONS) {
            return Refusal.of(Errors.UNACCEPTABLE_CREDENTIAL, "Too few iterations");
        }
        if (upsertion.iterations() > MAX_ITERATIONS) {
            return Refusal.of(Errors.UNACCEPTABLE_CREDENTIAL, "Too many iterations");
        }
        return ApiError.NONE;
    }

    private static ApiError check(String user, byte mechanism, Set<Key> seen) {
        if (user.isEmpty()) {
            return Refusal.of(Errors.UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
        }
        if (algorithm(mechanism) == null) {
            return Refusal.of(Errors.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
        }
        if (!seen.add(new Key(user, mechanism))) {
            return Refusal.of(
                    Errors.DUPLICATE_RESOURCE, "A user credential cannot be altered twice in the same request");
        }
        return ApiError.NONE;
    }

    private static UserScramCredentialRecord credential(ScramCredentialUpsertion upsertion) {
        String algorithm = algorithm(upsertion.mechanism());
        try {
            byte[] clientKey = hmac(algorithm, upsertion.saltedPassword(), "Client Key");
            return new UserScramCredentialRecord()
                    .setName(upsertion.name())
                    .setMechanism(upsertion.mechanism())
                    .setSalt(upsertion.salt())
                    .setStoredKey(MessageDigest.getInstance("SHA-" + algorithm).digest(clientKey))
                    .setServerKey(hmac(algorithm, upsertion.saltedPassword(), "Server Key"))
                    .setIterations(upsertion.iterations());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JVM lacks SHA-" + algorithm, missing);
        }
    }

    private static byte[] hmac(@Nullable String algorithm, byte[] key, String text) throws GeneralSecurityException {
        String name = "HmacSHA" + algorithm;
        Mac mac = Mac.getInstance(name);
        mac.init(new SecretKeySpec(key, name));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String algorithm(byte mechanism) {
        return mechanism == 1 ? "256" : mechanism == 2 ? "512" : null;
    }

    void replay(UserScramCredentialRecord record) {
        credentials.put(new Key(record.name(), record.mechanism()), record);
    }

    void replay(RemoveUserScramCredentialRecord record) {
        credentials.remove(new Key(record.name(), record.mechanism()));
    }

    private record Key(String user, byte mechanism) {}
}
