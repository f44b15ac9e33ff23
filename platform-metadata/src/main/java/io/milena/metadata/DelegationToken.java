package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.DelegationTokenRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.SecurityUtils;

/**
 * A delegation token (KIP-48); the HMAC is not stored. Times in ms since the Unix epoch.
 *
 * @param renewers principals that may renew it, unmodifiable
 */
public record DelegationToken(
        String tokenId,
        KafkaPrincipal owner,
        KafkaPrincipal requester,
        List<KafkaPrincipal> renewers,
        long issueTimestampMs,
        long maxTimestampMs,
        long expirationTimestampMs) {

    static DelegationToken of(DelegationTokenRecord record) {
        List<KafkaPrincipal> renewers = new ArrayList<>();
        record.renewers().forEach(name -> renewers.add(SecurityUtils.parseKafkaPrincipal(name)));
        return new DelegationToken(
                record.tokenId(),
                SecurityUtils.parseKafkaPrincipal(record.owner()),
                SecurityUtils.parseKafkaPrincipal(record.requester()),
                List.copyOf(renewers),
                record.issueTimestamp(),
                record.maxTimestamp(),
                record.expirationTimestamp());
    }

    VersionedRecord toRecord() {
        return new VersionedRecord(
                new DelegationTokenRecord()
                        .setTokenId(tokenId)
                        .setOwner(owner.toString())
                        .setRequester(requester.toString())
                        .setRenewers(
                                renewers.stream().map(KafkaPrincipal::toString).toList())
                        .setIssueTimestamp(issueTimestampMs)
                        .setMaxTimestamp(maxTimestampMs)
                        .setExpirationTimestamp(expirationTimestampMs),
                0);
    }
}
