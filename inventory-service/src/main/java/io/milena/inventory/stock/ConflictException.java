package io.milena.inventory.stock;

/** What was asked for does not fit what is there. */
final class ConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String title;

    ConflictException(String title, String message) {
        super(message);
        this.title = title;
    }

    String title() {
        return title;
    }
}
