package io.milena.metadata.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * User names and passwords in a JAAS configuration of SASL/PLAIN, as in
 * {@code org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b" user_c="d";}.
 */
final class PlainUsers {
    private static final String USER_PREFIX = "user_";

    private PlainUsers() {}

    /** The users the listener lets in: user_NAME="password" options. */
    static Map<String, String> parse(String jaas) {
        Map<String, String> users = new LinkedHashMap<>();
        options(jaas).forEach((name, value) -> {
            if (name.startsWith(USER_PREFIX)) {
                users.put(name.substring(USER_PREFIX.length()), value);
            }
        });
        return users;
    }

    /** The name and password this node uses itself. */
    static Optional<Map.Entry<String, String>> own(String jaas) {
        Map<String, String> options = options(jaas);
        String username = options.get("username");
        String password = options.get("password");
        return username == null || password == null ? Optional.empty() : Optional.of(Map.entry(username, password));
    }

    /** name=value and name="value with blanks" pairs, in order; what is no pair is skipped. */
    private static Map<String, String> options(String jaas) {
        Map<String, String> options = new LinkedHashMap<>();
        int at = 0;
        while (at < jaas.length()) {
            int equals = jaas.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            int nameStart = equals;
            while (nameStart > at && isNamePart(jaas.charAt(nameStart - 1))) {
                nameStart--;
            }
            StringBuilder value = new StringBuilder();
            int end = readValue(jaas, equals + 1, value);
            options.put(jaas.substring(nameStart, equals), value.toString());
            at = end;
        }
        return options;
    }

    private static boolean isNamePart(char c) {
        return !Character.isWhitespace(c) && c != ';' && c != '"';
    }

    private static int readValue(String jaas, int from, StringBuilder value) {
        int at = from;
        if (at < jaas.length() && (jaas.charAt(at) == '"' || jaas.charAt(at) == '\'')) {
            char quote = jaas.charAt(at++);
            while (at < jaas.length() && jaas.charAt(at) != quote) {
                if (jaas.charAt(at) == '\\' && at + 1 < jaas.length()) {
                    at++;
                }
                value.append(jaas.charAt(at++));
            }
            return at + 1;
        }
        while (at < jaas.length() && isNamePart(jaas.charAt(at))) {
            value.append(jaas.charAt(at++));
        }
        return at;
    }
}
