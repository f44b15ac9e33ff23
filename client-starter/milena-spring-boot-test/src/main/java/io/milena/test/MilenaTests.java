package io.milena.test;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Finds {@link MilenaTest} at a class, at what it is annotated with, or at the class around it; and the classes around a test. */
final class MilenaTests {
    private MilenaTests() {}

    static Optional<MilenaTest> annotationOf(Class<?> testClass) {
        for (@Nullable Class<?> type = testClass; type != null; type = type.getEnclosingClass()) {
            Optional<MilenaTest> found = AnnotationSupport.findAnnotation(type, MilenaTest.class);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** A test class behind those it is nested in. */
    static List<Class<?>> outermostFirst(Class<?> testClass) {
        Deque<Class<?>> classes = new ArrayDeque<>();
        for (@Nullable Class<?> type = testClass; type != null; type = type.getEnclosingClass()) {
            classes.addFirst(type);
        }
        return List.copyOf(classes);
    }
}
