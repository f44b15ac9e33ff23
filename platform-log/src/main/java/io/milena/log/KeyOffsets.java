package io.milena.log;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The newest offset of each key in the dirty part of a log, in bounded memory: keys are known by their MD5 only, 24 bytes each,
 * in an open hash table. Two keys with the same hash would be taken for one; at 128 bits that does not happen.
 */
final class KeyOffsets {
    static final int SLOT_BYTES = 24;
    /** A fuller table would be searched too long. */
    private static final double LOAD = 0.9;

    private static final int FEWEST_SLOTS = 16;

    private final ByteBuffer slots;
    private final int slotCount;
    private final int limit;
    private final MessageDigest digest;
    private int size;
    private long latestOffset = -1;

    /**
     * @param keys how many are expected at most
     * @param maxBytes memory at most
     */
    KeyOffsets(long keys, long maxBytes) {
        long wanted = (long) (keys / LOAD) + FEWEST_SLOTS;
        long most = Math.min(maxBytes, Integer.MAX_VALUE - 64) / SLOT_BYTES;
        this.slotCount = (int) Math.max(FEWEST_SLOTS, Math.min(wanted, most));
        this.limit = (int) (slotCount * LOAD);
        this.slots = ByteBuffer.allocate(slotCount * SLOT_BYTES);
        try {
            this.digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
    }

    /** Takes some bytes of the key that {@link #put} is called for next. */
    void digest(ByteBuffer bytes, int at, int length) {
        ByteBuffer part = bytes.duplicate();
        digest.update(part.limit(at + length).position(at));
    }

    /**
     * Notes {@code offset} for the key whose bytes were digested, unless it is before {@code from}.
     *
     * @return false if there is no room for another key
     */
    boolean put(long offset, long from) {
        if (offset < from) {
            digest.reset();
            return true;
        }
        int slot = findDigested();
        if (slots.getLong(slot + 16) == 0) {
            if (size >= limit) {
                return false;
            }
            size++;
        }
        // Shifted by one: an empty slot is zero.
        slots.putLong(slot + 16, offset + 1);
        return true;
    }

    /** The newest offset of {@code key}; -1 if it is not in the dirty part. */
    long get(ByteBuffer key) {
        digest.update(key.duplicate());
        return slots.getLong(findDigested() + 16) - 1;
    }

    private int findDigested() {
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        long high = hash.getLong();
        long low = hash.getLong();
        int slot = (int) Long.remainderUnsigned(high, slotCount);
        while (true) {
            int at = slot * SLOT_BYTES;
            boolean free = slots.getLong(at + 16) == 0;
            if (free || (slots.getLong(at) == high && slots.getLong(at + 8) == low)) {
                if (free) {
                    slots.putLong(at, high).putLong(at + 8, low);
                }
                return at;
            }
            slot = slot + 1 == slotCount ? 0 : slot + 1;
        }
    }

    int size() {
        return size;
    }

    /** Everything up to this offset was looked at; -1 for nothing. */
    long latestOffset() {
        return latestOffset;
    }

    void lookedAtUpTo(long offset) {
        latestOffset = offset;
    }
}
