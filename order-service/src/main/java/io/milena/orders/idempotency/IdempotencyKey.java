package io.milena.orders.idempotency;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client's name for a request: 1 to 255 visible ASCII characters or blanks, as a structured string ({@code "…"}) or bare. */
public record IdempotencyKey(String value) {

    private static final Pattern HEADER =
            Pattern.compile("\"((?:[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\"\\\\])*)\"|([\\x21\\x23-\\x7e]*)");
    private static final int LONGEST = 255;

    /** @throws InvalidKeyException if it is empty, too long, or has characters that do not belong there */
    public static IdempotencyKey ofHeader(String header) {
        Matcher matcher = HEADER.matcher(header.strip());
        if (!matcher.matches()) {
            throw new InvalidKeyException("is not a string of visible ASCII characters, quoted or not");
        }
        String value = matcher.group(1) != null ? matcher.group(1).replaceAll("\\\\(.)", "$1") : matcher.group(2);
        if (value.isBlank() || value.length() > LONGEST) {
            throw new InvalidKeyException(
                    "has " + value.strip().length() + " characters; 1 to " + LONGEST + " will do");
        }
        return new IdempotencyKey(value);
    }

    /** The header is no key. */
    public static final class InvalidKeyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidKeyException(String what) {
            super("Idempotency-Key " + what);
        }
    }

    /** The key belongs to another request. */
    public static final class ReusedKeyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReusedKeyException(IdempotencyKey key) {
            super("Idempotency-Key " + key.value() + " was used for a request with another body");
        }
    }
}
