package io.milena.compare;

import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A question that both were asked.
 *
 * @param request as JSON, with the placeholders
 * @param unexplained what differs and is on no list
 * @param open what differs, is known and is to be mended
 */
record Result(
        Listener listener,
        ApiKeys api,
        short version,
        String name,
        String request,
        List<Difference> unexplained,
        List<Difference> open,
        List<Difference> onPurpose) {
    boolean same() {
        return unexplained.isEmpty() && open.isEmpty() && onPurpose.isEmpty();
    }
}
