package io.milena.testkit.hostile;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;

/** Frames with as many of the smallest elements as fit: on the heap each would be a hundred times its size. */
final class HugeFrames {
    private static final short PRODUCE_VERSION = 9;
    private static final short FETCH_VERSION = 12;
    private static final int FETCH_PARTITION_BYTES = 33;

    private HugeFrames() {}

    /** Produce v9 with one topic and so many partitions without records, 6 bytes each. */
    static byte[] produce(int partitions) {
        ByteBuffer frame = begin(ApiKeys.PRODUCE, PRODUCE_VERSION, 64 + 6 * partitions);
        frame.put((byte) 0).putShort((short) 1).putInt(1_000); // no transactional id, acks, timeout
        unsignedVarint(1 + 1, frame);
        string("hostile", frame);
        unsignedVarint(partitions + 1, frame);
        for (int i = 0; i < partitions; i++) {
            frame.putInt(i).put((byte) 0).put((byte) 0); // null records, no tags
        }
        return end(frame.put((byte) 0).put((byte) 0));
    }

    /** Fetch v12 of one topic and so many partitions, 33 bytes each. */
    static byte[] fetch(int partitions) {
        ByteBuffer frame = begin(ApiKeys.FETCH, FETCH_VERSION, 96 + FETCH_PARTITION_BYTES * partitions);
        frame.putInt(-1).putInt(500).putInt(1).putInt(Integer.MAX_VALUE).put((byte)
                0); // replica, waits, sizes, isolation
        frame.putInt(0).putInt(0); // a new session
        unsignedVarint(1 + 1, frame);
        string("hostile", frame);
        unsignedVarint(partitions + 1, frame);
        for (int i = 0; i < partitions; i++) {
            frame.putInt(i)
                    .putInt(-1)
                    .putLong(0)
                    .putInt(-1)
                    .putLong(-1)
                    .putInt(1 << 20)
                    .put((byte) 0);
        }
        frame.put((byte) 0); // tags of the topic
        unsignedVarint(1, frame); // nothing forgotten
        string("", frame);
        return end(frame.put((byte) 0));
    }

    private static ByteBuffer begin(ApiKeys api, short version, int atMost) {
        ByteBuffer frame = ByteBuffer.allocate(atMost).putInt(0);
        return frame.putShort(api.id)
                .putShort(version)
                .putInt(1)
                .putShort((short) -1)
                .put((byte) 0);
    }

    private static byte[] end(ByteBuffer frame) {
        frame.putInt(0, frame.position() - Integer.BYTES).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    private static void string(String value, ByteBuffer frame) {
        unsignedVarint(value.length() + 1, frame);
        for (char c : value.toCharArray()) {
            frame.put((byte) c);
        }
    }

    private static void unsignedVarint(int value, ByteBuffer frame) {
        int left = value;
        while (left > 0x7f) {
            frame.put((byte) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        frame.put((byte) left);
    }
}
