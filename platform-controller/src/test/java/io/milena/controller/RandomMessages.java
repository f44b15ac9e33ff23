package io.milena.controller;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Requests of any API with values from the edges of their types, and with ones that mean something, mixed by chance. What cannot be sent
 * at a version does not come out: each is written to bytes and read again.
 */
final class RandomMessages {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        3,
        5,
        7,
        100,
        127,
        -128,
        4096,
        32_767,
        -32_768,
        65_535,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final Random random;
    private final Supplier<List<String>> words;
    private final Supplier<List<Long>> numbers;
    private final Supplier<List<Uuid>> ids;

    /** @param words names, keys and values that mean something; so numbers and ids */
    RandomMessages(
            Random random, Supplier<List<String>> words, Supplier<List<Long>> numbers, Supplier<List<Uuid>> ids) {
        this.random = random;
        this.words = words;
        this.numbers = numbers;
        this.ids = ids;
    }

    /** A request as it comes out of its bytes, or null if chance made one that cannot be sent at this version. */
    ApiMessage request(ApiKeys api, short version) {
        ApiMessage made = fill(api.messageType.newRequest(), 0);
        try {
            return reread(made, version);
        } catch (RuntimeException unsendable) {
            return null;
        }
    }

    static <M extends ApiMessage> M reread(M message, short version) {
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(message, version);
        ApiMessage copy = message.getClass() == null ? message : newInstance(message);
        copy.read(bytes, version);
        @SuppressWarnings("unchecked")
        M same = (M) copy;
        return same;
    }

    private static ApiMessage newInstance(ApiMessage message) {
        try {
            return message.getClass().getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private <T> T fill(T object, int depth) {
        for (Method setter : object.getClass().getMethods()) {
            boolean sets = setter.getName().startsWith("set")
                    && setter.getParameterCount() == 1
                    && setter.getDeclaringClass() == object.getClass();
            if (sets && !setter.getName().matches("setNext|setPrev") && random.nextInt(12) > 0) {
                invoke(setter, object, value(setter.getGenericParameterTypes()[0], depth));
            }
        }
        return object;
    }

    private static void invoke(Method setter, Object object, Object value) {
        try {
            setter.invoke(object, value);
        } catch (InvocationTargetException outOfItsRange) {
            // unsigned fields refuse what is not
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Object value(Type type, int depth) {
        if (type == boolean.class) {
            return random.nextInt(3) == 0;
        } else if (type == byte.class) {
            return (byte) number();
        } else if (type == short.class || type == Short.class) {
            return (short) number();
        } else if (type == int.class || type == Integer.class) {
            return (int) number();
        } else if (type == long.class || type == Long.class) {
            return number();
        } else if (type == double.class) {
            double[] edges = {0, 1, -1, 0.5, Double.NaN, Double.MAX_VALUE, Double.POSITIVE_INFINITY, 1e300};
            return edges[random.nextInt(edges.length)];
        } else if (type == String.class) {
            return word();
        } else if (type == byte[].class) {
            return new byte[random.nextInt(3) * 20];
        } else if (type == Uuid.class) {
            return id();
        } else if (type instanceof ParameterizedType generic) {
            return list(generic.getActualTypeArguments()[0], depth);
        } else if (type instanceof Class<?> kind && AbstractCollection.class.isAssignableFrom(kind)) {
            return collection(kind, depth);
        }
        return null;
    }

    private List<Object> list(Type element, int depth) {
        if (random.nextInt(25) == 0) {
            return null;
        }
        List<Object> list = new ArrayList<>();
        int size = depth > 3 ? 1 : random.nextInt(4);
        for (int i = 0; i < size; i++) {
            list.add(element(element, depth));
        }
        return list;
    }

    private Object element(Type type, int depth) {
        if (type instanceof Class<?> kind && kind.getName().startsWith("org.apache.kafka.common.message")) {
            try {
                return fill(kind.getDeclaredConstructor().newInstance(), depth + 1);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return value(type, depth + 1);
    }

    @SuppressWarnings("unchecked")
    private Object collection(Class<?> kind, int depth) {
        try {
            AbstractCollection<Object> all =
                    (AbstractCollection<Object>) kind.getDeclaredConstructor().newInstance();
            Type element = ((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments()[0];
            int size = random.nextInt(4);
            for (int i = 0; i < size; i++) {
                all.add(element(element, depth));
            }
            return all;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private long number() {
        List<Long> known = numbers.get();
        return random.nextInt(3) > 0 && !known.isEmpty()
                ? known.get(random.nextInt(known.size()))
                : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private String word() {
        return switch (random.nextInt(20)) {
            case 0 -> "";
            case 1 -> null;
            case 2 -> "x".repeat(300);
            case 3 -> "y".repeat(32_767);
            case 4 -> String.valueOf(number());
            case 5 -> "a\u0000b.\u20ac,c=d";
            default -> words.get().get(random.nextInt(words.get().size()));
        };
    }

    private Uuid id() {
        List<Uuid> known = ids.get();
        return switch (random.nextInt(6)) {
            case 0 -> Uuid.ZERO_UUID;
            case 1 -> Uuid.ONE_UUID;
            case 2 -> new Uuid(random.nextLong(), random.nextLong());
            default -> known.isEmpty() ? Uuid.METADATA_TOPIC_ID : known.get(random.nextInt(known.size()));
        };
    }
}
