package io.milena.orders.idempotency;

import io.milena.orders.desk.Call;
import io.milena.orders.desk.OrderDesk;
import io.milena.orders.idempotency.IdempotencyKey.ReusedKeyException;
import io.milena.orders.order.NewOrder;
import io.milena.orders.order.Order;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * Places orders under keys. The answer is stored in the order's transaction, so an order and the memory of its key share their fate; the
 * primary key lets one of several equal requests through and keeps the others waiting until it is known what to answer.
 */
@Service
@EnableConfigurationProperties(IdempotencyProperties.class)
public class KeyedPlacing {

    private static final int ATTEMPTS = 3;
    private static final int PURGE_ROWS = 5_000;

    private final OrderDesk desk;
    private final KeptAnswers answers;
    private final JsonMapper json;
    private final Clock clock;
    private final IdempotencyProperties properties;

    KeyedPlacing(OrderDesk desk, KeptAnswers answers, JsonMapper json, Clock clock, IdempotencyProperties properties) {
        this.desk = desk;
        this.answers = answers;
        this.json = json;
        this.clock = clock;
        this.properties = properties;
    }

    /**
     * What to answer.
     *
     * @param body the order as it was when the request was answered first, JSON text
     * @param isReplay whether that was earlier
     */
    public record Answer(int status, String orderId, long orderVersion, String body, boolean isReplay) {}

    /**
     * Places an order, or says again what was said.
     *
     * @throws ReusedKeyException if the key was used for something else
     * @throws io.milena.orders.desk.OrderConflictException if the order's id belongs to an order with other content
     */
    public Answer place(NewOrder wish, IdempotencyKey key, Call call) {
        String fingerprint = fingerprint(wish);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return keeping(key, fingerprint, alongside -> desk.placeNew(wish, call, alongside));
            } catch (DuplicateKeyException somethingIsTaken) {
                Optional<Answer> said = answeredBefore(key, fingerprint);
                if (said.isPresent()) {
                    return said.get();
                }
            }
            String orderId = wish.orderId();
            if (orderId != null && desk.isPlaced(orderId)) {
                try {
                    return keeping(key, fingerprint, alongside -> desk.placedBefore(wish, orderId, alongside));
                } catch (DuplicateKeyException keyIsTakenMeanwhile) {
                    // the next round reads its answer
                }
            }
        }
        throw new ConcurrencyFailureException("requests with the same Idempotency-Key stand in each other's way");
    }

    private Answer keeping(IdempotencyKey key, String fingerprint, Placing placing) {
        AtomicReference<@Nullable Answer> said = new AtomicReference<>();
        placing.place(placement -> {
            Order order = placement.order();
            KeptAnswer answer = new KeptAnswer(
                    fingerprint,
                    placement.isNew() ? 201 : 200,
                    order.orderId(),
                    order.version(),
                    json.writeValueAsString(order),
                    clock.instant().plus(properties.retention()));
            answers.insert(key, answer);
            said.set(answer(answer, false));
        });
        return Objects.requireNonNull(said.get(), "whoever places an order does what is to be done alongside");
    }

    private interface Placing {
        void place(Consumer<OrderDesk.Placement> alongside);
    }

    private Optional<Answer> answeredBefore(IdempotencyKey key, String fingerprint) {
        Optional<KeptAnswer> kept = answers.find(key);
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        if (!kept.get().expiresAt().isAfter(clock.instant())) {
            answers.forget(key, clock.instant());
            return Optional.empty();
        }
        if (!kept.get().fingerprint().equals(fingerprint)) {
            throw new ReusedKeyException(key);
        }
        return Optional.of(answer(kept.get(), true));
    }

    private static Answer answer(KeptAnswer kept, boolean isReplay) {
        return new Answer(kept.status(), kept.orderId(), kept.orderVersion(), kept.body(), isReplay);
    }

    /** Of what is asked for, not of the bytes: blanks and the order of fields make no other request. */
    private String fingerprint(NewOrder wish) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(json.writeValueAsString(wish).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @Scheduled(fixedDelayString = "PT1M", initialDelayString = "PT1M")
    void forgetExpired() {
        int forgotten;
        do {
            forgotten = answers.forgetExpired(clock.instant(), PURGE_ROWS);
        } while (forgotten == PURGE_ROWS);
    }
}
