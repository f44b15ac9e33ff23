package io.milena.orders.web;

import io.milena.orders.desk.OrderCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The {@code Link} header of a page (RFC 8288), of the request at hand with its other parameters; relative, so that it is right behind
 * any proxy. {@code next} leads on from the last order of the page, whatever comes or goes before it meanwhile; {@code prev} and
 * {@code last} are there for pages that are asked for by number.
 */
final class PageLinks {

    private PageLinks() {}

    /** @param next where the next page begins, null if there is none */
    static String ofThisRequest(OrderQuery query, long totalPages, @Nullable OrderCursor next) {
        List<String> links = new ArrayList<>();
        links.add(link(request(), "first"));
        Integer page = query.page();
        if (page != null && page > 0) {
            links.add(link(numbered(Math.min(page - 1, Math.max(0, totalPages - 1))), "prev"));
        }
        if (next != null) {
            links.add(link(request().queryParam("after", next.text()), "next"));
        }
        if (page != null) {
            links.add(link(numbered(Math.max(0, totalPages - 1)), "last"));
        }
        return String.join(", ", links);
    }

    private static UriComponentsBuilder numbered(long page) {
        return page == 0 ? request() : request().queryParam("page", page);
    }

    private static UriComponentsBuilder request() {
        return ServletUriComponentsBuilder.fromCurrentRequest()
                .scheme(null)
                .host(null)
                .port(null)
                .replaceQueryParam("page")
                .replaceQueryParam("after");
    }

    private static String link(UriComponentsBuilder uri, String relation) {
        return "<" + uri.build().toUriString() + ">; rel=\"" + relation + "\"";
    }
}
