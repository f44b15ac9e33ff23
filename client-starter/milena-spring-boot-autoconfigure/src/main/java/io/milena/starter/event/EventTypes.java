package io.milena.starter.event;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The events a service sends and understands: logical type name ↔ class, one to one. Immutable; declare one as a bean.
 */
public final class EventTypes {

    private static final Pattern VERSION = Pattern.compile("\\.v[0-9]+$");

    private final Map<String, Class<?>> classes;
    private final Map<Class<?>, String> names;
    private final Set<String> withoutVersions;

    private EventTypes(Map<String, Class<?>> classes, Map<Class<?>, String> names) {
        this.classes = Map.copyOf(classes);
        this.names = Map.copyOf(names);
        this.withoutVersions =
                classes.keySet().stream().map(EventTypes::withoutVersion).collect(Collectors.toUnmodifiableSet());
    }

    /** The types of classes that carry {@link EventType}. */
    public static EventTypes of(Class<?>... annotated) {
        Builder builder = new Builder();
        for (Class<?> eventClass : annotated) {
            EventType type = eventClass.getAnnotation(EventType.class);
            if (type == null) {
                throw new IllegalArgumentException(eventClass.getName() + " has no @EventType annotation");
            }
            builder.add(type.value(), eventClass);
        }
        return builder.build();
    }

    /** For classes that cannot carry the annotation. */
    public static Builder builder() {
        return new Builder();
    }

    /** The class for a name, or null when this service does not know it. */
    public @Nullable Class<?> classOf(String typeName) {
        return classes.get(typeName);
    }

    /** The name an event of this class is sent under. */
    public String nameOf(Class<?> eventClass) {
        String name = names.get(eventClass);
        if (name == null) {
            throw new IllegalArgumentException(
                    eventClass.getName() + " is not among the EventTypes of this application: " + names.values());
        }
        return name;
    }

    /** Whether the name, without the version at its end, is one of ours: {@code order.placed.v2} where {@code order.placed.v1} is known. */
    public boolean hasOtherVersionOf(String typeName) {
        return !classes.containsKey(typeName) && withoutVersions.contains(withoutVersion(typeName));
    }

    private static String withoutVersion(String typeName) {
        return VERSION.matcher(typeName).replaceFirst("");
    }

    public Set<String> names() {
        return classes.keySet();
    }

    /** Collects pairs; a name or a class given twice is an error. */
    public static final class Builder {
        private final Map<String, Class<?>> classes = new HashMap<>();
        private final Map<Class<?>, String> names = new HashMap<>();

        private Builder() {}

        public Builder add(String typeName, Class<?> eventClass) {
            Class<?> other = classes.putIfAbsent(typeName, eventClass);
            if (other != null) {
                throw new IllegalArgumentException(
                        "event type '" + typeName + "' names both " + other.getName() + " and " + eventClass.getName());
            }
            if (names.putIfAbsent(eventClass, typeName) != null) {
                throw new IllegalArgumentException(eventClass.getName() + " has two event types");
            }
            return this;
        }

        public EventTypes build() {
            return new EventTypes(classes, names);
        }
    }
}
