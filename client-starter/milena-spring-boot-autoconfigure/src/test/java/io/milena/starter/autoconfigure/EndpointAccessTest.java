package io.milena.starter.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.deadletter.DeadLettersEndpoint;
import io.milena.starter.deadletter.TopicRedriveEndpoint;
import io.milena.starter.lag.LagEndpoint;
import io.milena.starter.listener.ListenersEndpoint;
import io.milena.starter.retry.RetriesEndpoint;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** Who exposes an endpoint to look at it does not thereby let anybody stop listeners or throw dead letters away. */
class EndpointAccessTest {

    static Stream<Class<?>> endpoints() {
        return Stream.of(
                DeadLettersEndpoint.class,
                TopicRedriveEndpoint.class,
                ListenersEndpoint.class,
                LagEndpoint.class,
                RetriesEndpoint.class);
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void anEndpointThatChangesSomethingIsReadOnlyUnlessTheApplicationSaysOtherwise(Class<?> endpoint) {
        // given
        boolean changes = Arrays.stream(endpoint.getMethods()).anyMatch(EndpointAccessTest::changesSomething);

        // when
        Access access = endpoint.getAnnotation(Endpoint.class).defaultAccess();

        // then
        assertThat(access).isEqualTo(changes ? Access.READ_ONLY : Access.UNRESTRICTED);
    }

    private static boolean changesSomething(Method method) {
        return method.isAnnotationPresent(WriteOperation.class) || method.isAnnotationPresent(DeleteOperation.class);
    }
}
