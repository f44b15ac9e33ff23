package io.milena.shipping.shipment;

/** The check digits do not fit. */
final class MistypedNumberException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MistypedNumberException(String text) {
        super("'" + text
                + "' is no tracking number: two letters and 18 digits, the last two of which check the others");
    }
}
