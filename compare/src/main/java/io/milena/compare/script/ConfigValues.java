package io.milena.compare.script;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Values to try on a setting, whatever it is: some suit each type, most do not. */
final class ConfigValues {
    private static final List<String> ANY = List.of(
            "",
            " ",
            "0",
            "1",
            "-1",
            "-2",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "1.5",
            "0.5",
            "-0.1",
            "1e3",
            "0x10",
            "true",
            "false",
            "TRUE",
            "yes",
            "bad",
            "a,b",
            "a:b",
            "127.0.0.1:10",
            " 5 ",
            "compact,delete",
            "none",
            "gzip",
            "zstd",
            "CreateTime",
            "*",
            "0:1",
            "[]");

    private ConfigValues() {}

    /** With the value it has. */
    static Set<String> of(String current) {
        Set<String> values = new LinkedHashSet<>();
        values.add(current);
        values.addAll(ANY);
        return values;
    }

    static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
