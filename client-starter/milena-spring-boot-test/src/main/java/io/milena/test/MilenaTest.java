package io.milena.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Gives the tests of a class a Milena cluster in this JVM. Classes that ask for the same share one. Beside {@code @SpringBootTest}, the context's
 * {@code spring.kafka.bootstrap-servers} is this cluster. Test methods, constructors and life cycle methods may have a {@link MilenaCluster} as
 * parameter.
 *
 * <p>After each test faults are forgotten, killed nodes run again, and topics are emptied: a test never reads another one's records, and the
 * application context with its listeners stays as it is. So where JUnit runs classes in parallel, these run one after the other.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MilenaExtension.class)
@ResourceLock("io.milena.test.MilenaCluster")
public @interface MilenaTest {
    /** How many brokers; each is a controller too, unless {@link #controllers()} says otherwise. */
    int brokers() default 1;

    /** How many controllers that are nothing else; with 0 the brokers are the controllers. */
    int controllers() default 0;

    /** Kafka's properties of all nodes, each as {@code name=value}. */
    String[] properties() default {};
}
