package io.milena.orders.web;

/** What a database keeps as it came: no control characters, no halves of characters. */
final class Text {

    static final String ONE_LINE = "[^\\p{Cntrl}\\p{Cs}]*";
    static final String HINT = "must not hold control characters or halves of characters";

    private Text() {}
}
