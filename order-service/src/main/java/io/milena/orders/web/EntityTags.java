package io.milena.orders.web;

import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;

/** Strong entity tags of orders: the version says all there is to say. */
final class EntityTags {

    private EntityTags() {}

    static String of(long version) {
        return "\"" + version + "\"";
    }

    /** Whether a version meets an {@code If-Match} header: RFC 9110, 13.1.1, by strong comparison; none given, any does. */
    static LongPredicate ifMatch(@Nullable String header) {
        if (header == null) {
            return version -> true;
        }
        List<ETag> tags = ETag.parse(header);
        return version -> tags.stream().anyMatch(tag -> tag.isWildcard() || isStrongly(tag, version));
    }

    private static boolean isStrongly(ETag tag, long version) {
        return !tag.weak() && tag.tag().equals(Long.toString(version));
    }
}
