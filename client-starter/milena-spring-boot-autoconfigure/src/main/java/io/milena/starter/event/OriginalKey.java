package io.milena.starter.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Keys are text here. Of a key that is none (a number in four bytes, say), or none that a column holds, a header keeps the bytes: parked events
 * and dead letters have it as it came.
 */
public final class OriginalKey {

    /** There only if the text does not say it all. */
    public static final String HEADER = "milena_key";

    private static final int LONGEST_STORED = 10_000;
    private static final char NO_CHARACTER = '\uFFFD';

    private OriginalKey() {}

    /** How a key is shown in a column. */
    public static String storable(String key) {
        String text = key.length() <= LONGEST_STORED ? key : key.substring(0, LONGEST_STORED);
        return text.replace('\0', NO_CHARACTER);
    }

    /** The key as it was read, though the column could not hold it. */
    public static @Nullable String restored(@Nullable String stored, Headers headers) {
        Header original = headers.lastHeader(HEADER);
        return stored == null || original == null ? stored : new String(original.value(), StandardCharsets.UTF_8);
    }

    /** Bytes to text. */
    public static final class Reader implements Deserializer<String> {

        @Override
        public @Nullable String deserialize(String topic, byte @Nullable [] bytes) {
            return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public @Nullable String deserialize(String topic, Headers headers, byte @Nullable [] bytes) {
            headers.remove(HEADER); // not for senders
            String text = deserialize(topic, bytes);
            if (text != null && !(storable(text).equals(text) && isAll(text, bytes))) {
                headers.add(HEADER, bytes);
            }
            return text;
        }

        private static boolean isAll(String text, byte @Nullable [] bytes) {
            return text.indexOf(NO_CHARACTER) < 0 || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
        }
    }

    /** Text to the bytes it came from. */
    public static final class Writer implements Serializer<String> {

        @Override
        public byte @Nullable [] serialize(String topic, @Nullable String key) {
            return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte @Nullable [] serialize(String topic, Headers headers, @Nullable String key) {
            Header original = headers.lastHeader(HEADER);
            return key == null || original == null ? serialize(topic, key) : original.value();
        }
    }
}
