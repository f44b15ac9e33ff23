package io.milena.orders.idempotency;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** Answers in the database. Joins the caller's transaction. */
@Repository
class KeptAnswers {

    private final JdbcTemplate jdbc;

    KeptAnswers(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if the key has an answer */
    void insert(IdempotencyKey key, KeptAnswer answer) {
        jdbc.update(
                "insert into idempotency_key (idempotency_key, fingerprint, status, order_id, order_version, answer, expires_at)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                key.value(),
                answer.fingerprint(),
                answer.status(),
                answer.orderId(),
                answer.orderVersion(),
                answer.body(),
                utc(answer.expiresAt()));
    }

    Optional<KeptAnswer> find(IdempotencyKey key) {
        return jdbc
                .query(
                        "select fingerprint, status, order_id, order_version, answer, expires_at from idempotency_key"
                                + " where idempotency_key = ?",
                        (row, n) -> new KeptAnswer(
                                row.getString("fingerprint"),
                                row.getInt("status"),
                                row.getString("order_id"),
                                row.getLong("order_version"),
                                row.getString("answer"),
                                row.getObject("expires_at", OffsetDateTime.class)
                                        .toInstant()),
                        key.value())
                .stream()
                .findFirst();
    }

    void forget(IdempotencyKey key, Instant expiredBy) {
        jdbc.update(
                "delete from idempotency_key where idempotency_key = ? and expires_at <= ?",
                key.value(),
                utc(expiredBy));
    }

    int forgetExpired(Instant expiredBy, int limit) {
        return jdbc.update(
                "delete from idempotency_key where idempotency_key in (select idempotency_key from idempotency_key where"
                        + " expires_at <= ? order by expires_at fetch first " + limit + " rows only)",
                utc(expiredBy));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
