package io.milena.testkit.hostile;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/** Well-formed requests of any API with values that nobody means: ends of ranges, odd names, crowded arrays. */
final class OddMessages {
    private static final int[] NUMBERS = {
        Integer.MIN_VALUE, -2, -1, 0, 1 << 20, Integer.MAX_VALUE - 1, Integer.MAX_VALUE
    };
    private static final List<String> NAMES = List.of(
            "",
            "hostile",
            "a/b",
            "..",
            "x\n[forged] INFO all is well",
            "\u0000",
            "n".repeat(249),
            "n".repeat(32_000),
            "(.*a){12}b");
    private static final int MAX_DEPTH = 4;

    /** What a node takes at most by default: of a larger frame it would see the length alone. */
    private static final int MAX_FRAME_BYTES = 100 << 20;

    private final Random random;

    OddMessages(Random random) {
        this.random = random;
    }

    /** One frame with its length; null if this API and version cannot carry what was drawn, or no frame can. */
    byte @Nullable [] odd(ApiKeys api, short version) {
        ApiMessage request = api.messageType.newRequest();
        fill(request, 0);
        return frame(api, version, request);
    }

    /** One frame whose first array has very many elements, all equal or all default; null if the API has none. */
    byte @Nullable [] crowded(ApiKeys api, short version, int elements) {
        for (Method setter : setters(api.messageType.newRequest())) {
            if (Collection.class.isAssignableFrom(setter.getParameterTypes()[0])) {
                ApiMessage request = api.messageType.newRequest();
                set(request, setter, crowd(setter, elements));
                return frame(api, version, request);
            }
        }
        return null;
    }

    static byte @Nullable [] frame(ApiKeys api, short version, ApiMessage request) {
        try {
            ByteBuffer header = serialize(
                    new RequestHeader(api, version, "hostile\nclient", 1).data(), api.requestHeaderVersion(version));
            ByteBuffer body = serialize(request, version);
            return ByteBuffer.allocate(4 + header.remaining() + body.remaining())
                    .putInt(header.remaining() + body.remaining())
                    .put(header)
                    .put(body)
                    .array();
        } catch (RuntimeException notInThisVersion) {
            return null;
        }
    }

    private static ByteBuffer serialize(ApiMessage message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = message.size(cache, version);
        if (size < 0 || size > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("no frame takes so much");
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        message.write(new ByteBufferAccessor(buffer), cache, version);
        buffer.flip();
        return buffer;
    }

    private void fill(Message message, int depth) {
        for (Method setter : setters(message)) {
            Object value = value(setter.getGenericParameterTypes()[0], setter.getParameterTypes()[0], depth);
            if (value != null) {
                set(message, setter, value);
            }
        }
    }

    private static List<Method> setters(Message message) {
        List<Method> setters = new ArrayList<>();
        for (Method method : message.getClass().getMethods()) {
            if (method.getName().startsWith("set")
                    && method.getParameterCount() == 1
                    && method.getReturnType() == message.getClass()) {
                setters.add(method);
            }
        }
        return setters;
    }

    private static void set(Message message, Method setter, Object value) {
        try {
            setter.invoke(message, value);
        } catch (ReflectiveOperationException | IllegalArgumentException outOfRange) {
            // An unsigned field takes no negative number: it keeps its default.
        }
    }

    private @Nullable Object value(Type generic, Class<?> type, int depth) {
        int number = NUMBERS[random.nextInt(NUMBERS.length)];
        if (type == int.class || type == Integer.class) {
            return number;
        } else if (type == long.class || type == Long.class) {
            return random.nextBoolean() ? (long) number : number < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        } else if (type == short.class || type == Short.class) {
            return (short) number;
        } else if (type == byte.class || type == Byte.class) {
            return (byte) number;
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == String.class) {
            return NAMES.get(random.nextInt(NAMES.size()));
        } else if (type == Uuid.class) {
            return random.nextBoolean() ? Uuid.ZERO_UUID : new Uuid(number, number);
        } else if (type == byte[].class) {
            return bytes();
        } else if (type == ByteBuffer.class) {
            return ByteBuffer.wrap(bytes());
        } else if (Collection.class.isAssignableFrom(type)) {
            return elements(generic, type, depth);
        } else if (Message.class.isAssignableFrom(type) && depth < MAX_DEPTH) {
            return filled(type, depth);
        }
        return null;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(20) == 0 ? 1 << 20 : random.nextInt(64)];
        random.nextBytes(bytes);
        return bytes;
    }

    private @Nullable Object filled(Class<?> type, int depth) {
        Object made = make(type);
        if (made instanceof Message message) {
            fill(message, depth + 1);
        }
        return made;
    }

    private Object elements(Type generic, Class<?> type, int depth) {
        Class<?> element = elementType(generic, type);
        Collection<Object> all = collection(type, 4);
        for (int i = depth < MAX_DEPTH ? random.nextInt(4) : 0; i > 0; i--) {
            Object each = value(element, element, depth + 1);
            if (each != null) {
                all.add(each);
            }
        }
        return all;
    }

    private Object crowd(Method setter, int count) {
        Class<?> type = setter.getParameterTypes()[0];
        Class<?> element = elementType(setter.getGenericParameterTypes()[0], type);
        Collection<Object> all = collection(type, count + 1);
        // A hashed collection of equal keys would keep this client busy, too.
        int honest = type == List.class ? count : Math.min(count, 3_000);
        boolean ofMessages = Message.class.isAssignableFrom(element);
        Object plain = ofMessages ? null : value(element, element, MAX_DEPTH);
        for (int i = 0; i < honest; i++) {
            Object each = ofMessages ? make(element) : plain;
            if (each != null) {
                all.add(each);
            }
        }
        return all;
    }

    private static Class<?> elementType(Type generic, Class<?> type) {
        Type parameterized = type == List.class ? generic : type.getGenericSuperclass();
        return (Class<?>) ((ParameterizedType) parameterized).getActualTypeArguments()[0];
    }

    @SuppressWarnings("unchecked")
    private static Collection<Object> collection(Class<?> type, int expected) {
        try {
            return type == List.class
                    ? new ArrayList<>()
                    : (Collection<Object>) type.getConstructor(int.class).newInstance(expected);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    private static @Nullable Object make(Class<?> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
