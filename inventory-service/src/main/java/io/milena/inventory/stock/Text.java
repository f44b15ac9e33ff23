package io.milena.inventory.stock;

/** What a database can keep as text: no control characters, no halves of characters. */
final class Text {

    static final String ONE_LINE = "[^\\p{Cntrl}\\p{Cs}]*";
    static final String HINT = "must not contain control characters";

    private Text() {}
}
