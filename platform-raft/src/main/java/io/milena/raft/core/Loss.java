package io.milena.raft.core;

/** Why a request has no answer, and so what is known of the one asked. */
public enum Loss {
    /** No answer in time, or one that makes no sense: a slow peer or a bad network as well as a dead one. */
    UNANSWERED,
    /** The connection broke: a suspicion, to be followed up by dialling anew. */
    DISCONNECTED,
    /** Its host refuses connections: no process listens there any more. */
    REFUSED
}
