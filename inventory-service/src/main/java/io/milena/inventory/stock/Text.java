package io.milena.inventory.stock;

/** What a database can keep as text: no control characters, no halves of characters. */
final class Text {

    static final String ONE_LINE = "[^\\p{Cntrl}\\p{Cs}]*";
    static final String HINT = "must not contain control characters";

    /** What can be one step of a path: servers refuse an encoded slash, and clients take dots away. */
    static final String PATH_SEGMENT = "(?!\\.{1,2}$)[^/\\\\]*";

    static final String PATH_SEGMENT_HINT =
            "must not contain a slash or backslash, nor be '.' or '..': it is part of an address";

    private Text() {}
}
