package io.milena.starter.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The logical name of an event, as it stands in the {@code ce_type} header: {@code order.placed.v1}. Two services may
 * give different classes the same name, each with only the fields it needs.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface EventType {
    /** The name, unique within a service; by convention {@code <what>.<happened>.v<n>}. */
    String value();
}
