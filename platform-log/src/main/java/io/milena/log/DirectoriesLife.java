package io.milena.log;

/**
 * What {@link LogDirectories} have come to.
 *
 * <pre>
 *   ENTERED ──recover──▶ RECOVERING ──all found──▶ OPEN ──close, halt──▶ CLOSED
 *      └───────close, halt─────┴──────────────────────────────────────────▲
 * </pre>
 */
enum DirectoriesLife {
    /** The directories are ours; no log is known yet. */
    ENTERED,
    /** Logs are found, and those that were not closed are read; the topics' settings are known. */
    RECOVERING,
    OPEN,
    CLOSED
}
