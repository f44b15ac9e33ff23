package io.milena.inventory.stock;

/** An idempotency key came again with other content. */
final class KeyReusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KeyReusedException(String key, int earlier, int now) {
        super("Idempotency-Key '" + key + "' took in " + earlier + " units before and comes with " + now
                + " now; choose a new key for another delivery");
    }
}
