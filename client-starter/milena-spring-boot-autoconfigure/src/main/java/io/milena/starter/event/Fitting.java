package io.milena.starter.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that others choose, as they fit into a column: by themselves, or by their hash if they are too long or no text for a database. */
public final class Fitting {

    private Fitting() {}

    /** @param longest characters; at least 71, the length of a hash */
    public static String of(String name, int longest) {
        if (name.length() <= longest && name.indexOf('\0') < 0) {
            return name;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
