package io.milena.metadata;

import java.util.Arrays;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.jspecify.annotations.Nullable;

/** A SCRAM credential as stored (RFC 5802): never the password. The arrays must not be modified. */
@SuppressWarnings("ArrayRecordComponent")
public record ScramCredentialData(byte[] salt, byte[] storedKey, byte[] serverKey, int iterations) {
    public ScramCredential toCredential() {
        return new ScramCredential(salt, storedKey, serverKey, iterations);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ScramCredentialData that
                && iterations == that.iterations
                && Arrays.equals(salt, that.salt)
                && Arrays.equals(storedKey, that.storedKey)
                && Arrays.equals(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(salt) + iterations;
    }

    /** Without any of the secrets. */
    @Override
    public String toString() {
        return "ScramCredentialData(iterations=" + iterations + ")";
    }
}
