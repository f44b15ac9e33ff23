package io.milena.starter.listener;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * A {@link KafkaListener} with this starter's conventions, for a class whose {@code @KafkaHandler} methods each take one type of
 * event, and if they like an {@link io.milena.starter.event.EventInfo} beside it. A handler runs in a transaction, once per
 * event and group.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@KafkaListener(containerFactory = MilenaListener.CONTAINER_FACTORY)
public @interface MilenaListener {

    /** The name of the container factory bean. */
    String CONTAINER_FACTORY = "milenaListenerContainerFactory";

    /** Unique name of the listener in this application; health and lag show it. */
    @AliasFor(annotation = KafkaListener.class)
    String id();

    @AliasFor(annotation = KafkaListener.class)
    String[] topics();

    /** The consumer group; events are handled once per group. */
    @AliasFor(annotation = KafkaListener.class)
    String groupId();

    /** Threads; at most as many as partitions are of use. */
    @AliasFor(annotation = KafkaListener.class)
    String concurrency() default "";
}
