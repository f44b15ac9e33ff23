package io.milena.coordinator.group.consumer;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * An assignor of the operator's own, a {@code ConsumerGroupPartitionAssignor} of Apache Kafka's plug-in interface. The interface comes
 * with the plug-in, on the operator's class path: none of Apache Kafka's jars but the clients is on ours (ADR 3), so it is called by
 * reflection.
 */
final class PluginAssignor implements Assignor {

    private static final String API = "org.apache.kafka.coordinator.group.api.assignor.";

    private final Object plugin;
    private final ClassLoader loader;
    private final Method assign;
    private final String name;

    /**
     * @throws ReflectiveOperationException if the plug-in's class path lacks the interface
     * @throws ClassCastException if it is no assignor
     */
    PluginAssignor(Object plugin) throws ReflectiveOperationException {
        this.loader = plugin.getClass().getClassLoader();
        Class<?> type = api("ConsumerGroupPartitionAssignor");
        this.plugin = type.cast(plugin);
        this.assign = type.getMethod("assign", api("GroupSpec"), api("SubscribedTopicDescriber"));
        this.name = String.valueOf(type.getMethod("name").invoke(plugin));
    }

    private Class<?> api(String simpleName) throws ClassNotFoundException {
        return Class.forName(API + simpleName, true, loader);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Partitions> assign(AssignmentInput input) {
        try {
            Object assignment = assign.invoke(
                    plugin,
                    proxy("GroupSpec", (self, method, arguments) -> ofGroup(input, method.getName(), arguments)),
                    proxy(
                            "SubscribedTopicDescriber",
                            (self, method, arguments) -> ofTopics(input, method.getName(), arguments)));
            return read(input, assignment);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Assignor " + name + ": " + e.getTargetException(), e.getTargetException());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Assignor " + name + ": " + e.getMessage(), e);
        }
    }

    private Object proxy(String simpleName, InvocationHandler handler) throws ClassNotFoundException {
        return Proxy.newProxyInstance(loader, new Class<?>[] {api(simpleName)}, (self, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return ofObject(simpleName, self, method.getName(), arguments);
            }
            return handler.invoke(self, method, arguments);
        });
    }

    private static Object ofObject(String simpleName, Object self, String method, Object @Nullable [] arguments) {
        switch (method) {
            case "equals":
                return arguments != null && self == arguments[0];
            case "hashCode":
                return System.identityHashCode(self);
            default:
                return simpleName;
        }
    }

    private Object ofGroup(AssignmentInput input, String method, Object @Nullable [] given) throws Exception {
        Object[] arguments = given == null ? new Object[0] : given;
        switch (method) {
            case "memberIds":
                return input.subscriptions().keySet();
            case "subscriptionType":
                boolean same = new HashSet<>(input.subscriptions().values()).size() <= 1;
                return api("SubscriptionType")
                        .getField(same ? "HOMOGENEOUS" : "HETEROGENEOUS")
                        .get(null);
            case "isPartitionAssigned":
                return input.current().values().stream()
                        .anyMatch(p -> p.contains((Uuid) arguments[0], (Integer) arguments[1]));
            case "isPartitionAssignable":
                return (Integer) arguments[1] < input.partitionCounts().getOrDefault((Uuid) arguments[0], 0);
            case "memberSubscription":
                return subscription(input, (String) arguments[0]);
            case "memberAssignment":
                Map<Uuid, Set<Integer>> current = current(input, (String) arguments[0]);
                return proxy("MemberAssignment", (self, m, a) -> current);
            default:
                throw new UnsupportedOperationException(method);
        }
    }

    private Object subscription(AssignmentInput input, String memberId) throws ClassNotFoundException {
        ConsumerMember member = input.members().get(memberId);
        Set<Uuid> topics = input.subscriptions().get(memberId);
        if (member == null || topics == null) {
            throw new IllegalArgumentException("Member " + memberId + " is not a member of the group.");
        }
        return proxy("MemberSubscription", (self, method, arguments) -> {
            switch (method.getName()) {
                case "rackId":
                    return Optional.ofNullable(member.profile().rackId());
                case "instanceId":
                    return Optional.ofNullable(member.instanceId());
                case "subscribedTopicIds":
                    return Set.copyOf(topics);
                default:
                    throw new UnsupportedOperationException(method.getName());
            }
        });
    }

    private static Map<Uuid, Set<Integer>> current(AssignmentInput input, String memberId) {
        Map<Uuid, Set<Integer>> partitions = new HashMap<>();
        input.current()
                .getOrDefault(memberId, Partitions.NONE)
                .byTopic()
                .forEach((topicId, indexes) -> partitions.put(topicId, Set.copyOf(indexes.keySet())));
        return partitions;
    }

    private static Object ofTopics(AssignmentInput input, String method, Object[] arguments) {
        Uuid topicId = (Uuid) arguments[0];
        switch (method) {
            case "numPartitions":
                return input.partitionCounts().getOrDefault(topicId, -1);
            case "racksForPartition":
                return input.topics().racksOf(topicId, (Integer) arguments[1]);
            default:
                throw new UnsupportedOperationException(method);
        }
    }

    private Map<String, Partitions> read(AssignmentInput input, Object assignment) throws ReflectiveOperationException {
        Map<?, ?> members =
                (Map<?, ?>) assignment.getClass().getMethod("members").invoke(assignment);
        Method partitionsOf = api("MemberAssignment").getMethod("partitions");
        Map<String, Partitions> assigned = new HashMap<>();
        for (String memberId : input.subscriptions().keySet()) {
            Partitions partitions = new Partitions();
            Object given = members.get(memberId);
            if (given != null) {
                Map<?, ?> byTopic = (Map<?, ?>) partitionsOf.invoke(given);
                byTopic.forEach((topicId, indexes) ->
                        ((Set<?>) indexes).forEach(p -> partitions.add((Uuid) topicId, (Integer) p)));
            }
            assigned.put(memberId, partitions);
        }
        return assigned;
    }
}
