package io.milena.controller.core;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a request names more than once: Apache Kafka does none of it, since it cannot tell which is meant. */
public final class Duplicates {
    private Duplicates() {}

    /** @param named everything that is named, in any order */
    public static <T> Set<T> among(Stream<T> named) {
        Set<T> seen = new HashSet<>();
        return named.filter(each -> !seen.add(each)).collect(Collectors.toSet());
    }
}
