package io.milena.orders.web;

import java.util.ArrayList;
import java.util.List;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponentsBuilder;

/** The {@code Link} header of a page (RFC 8288): first, prev, next, last. */
final class PageLinks {

    private PageLinks() {}

    /** Of the request at hand, with its other parameters; relative, so that it is right behind any proxy. */
    static String ofThisRequest(int page, long totalPages) {
        List<String> links = new ArrayList<>();
        links.add(link(0, "first"));
        if (page > 0) {
            links.add(link(Math.min(page - 1, Math.max(0, totalPages - 1)), "prev"));
        }
        if (page + 1 < totalPages) {
            links.add(link(page + 1, "next"));
        }
        links.add(link(Math.max(0, totalPages - 1), "last"));
        return String.join(", ", links);
    }

    private static String link(long page, String relation) {
        UriComponentsBuilder uri = ServletUriComponentsBuilder.fromCurrentRequest()
                .scheme(null)
                .host(null)
                .port(null)
                .replaceQueryParam("page", page);
        return "<" + uri.build().toUriString() + ">; rel=\"" + relation + "\"";
    }
}
