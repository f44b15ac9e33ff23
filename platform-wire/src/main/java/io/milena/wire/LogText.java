package io.milena.wire;

/** What a client wrote, as it may stand in a line of the log. */
public final class LogText {

    private static final int MAX_CHARS = 1_000;

    private LogText() {}

    /** Control characters, and what turns the direction of writing, become escapes, so that no client can forge a line; long text is cut. */
    public static String safe(String text) {
        int i = 0;
        int length = Math.min(text.length(), MAX_CHARS);
        while (i < length && !isUnsafe(text.charAt(i))) {
            i++;
        }
        return i == text.length() ? text : escaped(text, length);
    }

    /** The same for text of any length. */
    public static String escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUnsafe(text.charAt(i))) {
                return escaped(text, text.length());
            }
        }
        return text;
    }

    private static String escaped(String text, int length) {
        StringBuilder safe = new StringBuilder(length + 16);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!isUnsafe(c)) {
                safe.append(c);
            } else if (c == '\n') {
                safe.append("\\n");
            } else if (c == '\r') {
                safe.append("\\r");
            } else {
                safe.append("\\u%04x".formatted((int) c));
            }
        }
        return length < text.length() ? safe.append("...").toString() : safe.toString();
    }

    private static boolean isUnsafe(char c) {
        return c != '\t' && Character.isISOControl(c)
                || c >= '\u2028' && c <= '\u202e'
                || c >= '\u2066' && c <= '\u2069';
    }
}
