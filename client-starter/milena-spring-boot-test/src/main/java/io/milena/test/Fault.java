package io.milena.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What goes wrong with the next requests of clients, from the beginning of the test on: {@code @Fault(api = PRODUCE, error = REQUEST_TIMED_OUT)}. */
@Documented
@Inherited
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Fault.All.class)
public @interface Fault {
    /** Which requests. */
    ApiKeys api();

    /** Only requests that name this topic; any if empty. */
    String topic() default "";

    /** Only requests to this broker; any if negative. */
    int broker() default -1;

    /** How many requests; then all is well again. */
    int times() default 1;

    /** The answer, instead of doing anything. */
    Errors error() default Errors.NONE;

    /** How long a request waits before it is handled or fails, in milliseconds. */
    long delayMs() default 0;

    /** The connection is closed, instead of doing anything. */
    boolean disconnect() default false;

    /** Several. */
    @Documented
    @Inherited
    @Target({ElementType.METHOD, ElementType.TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface All {
        Fault[] value();
    }
}
