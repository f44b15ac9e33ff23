package io.milena.starter.deadletter;

/** What a dead letter says about itself, as text, beside the original's headers and Spring Kafka's {@code kafka_dlt-*}. */
public final class DeadLetterHeaders {

    /** One sentence on why. */
    public static final String REASON = "milena_dlt_reason";

    /** Class name of the innermost exception. */
    public static final String EXCEPTION = "milena_dlt_exception";

    /** Attempts made to handle it. */
    public static final String ATTEMPTS = "milena_dlt_attempts";

    /** The group that gave up. */
    public static final String GROUP = "milena_dlt_group";

    /** Where the original lies: topic. */
    public static final String TOPIC = "milena_dlt_topic";

    /** Where the original lies: partition. */
    public static final String PARTITION = "milena_dlt_partition";

    /** Where the original lies: offset. */
    public static final String OFFSET = "milena_dlt_offset";

    /** Only if something was left out, because the letter is larger than the topic takes: what, and how large the value is. */
    public static final String OMITTED = "milena_dlt_omitted";

    private DeadLetterHeaders() {}
}
