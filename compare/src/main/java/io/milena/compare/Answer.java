package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What came of a question: the response as JSON or, in its place, a text that tells how it ended.
 *
 * @param body what is compared
 */
record Answer(JsonNode body) {
    /** The server closed the connection. */
    static final Answer CLOSED = new Answer(Json.text("<connection closed>"));
    /** Nothing came as long as anybody waited. */
    static final Answer SILENT = new Answer(Json.text("<no answer>"));
    /** The server does not take connections any more. */
    static final Answer REFUSED = new Answer(Json.text("<connection refused>"));

    static Answer unreadable(Exception cause) {
        return new Answer(Json.text("<unreadable: " + cause + ">"));
    }
}
