package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Records made one at a time as they are taken: a broker with a million replicas does not put a million records into memory before
 * the first of them is appended. Each is made on the state of that moment.
 */
final class RecordSequence implements Iterable<VersionedRecord> {
    private final List<Supplier<Iterator<VersionedRecord>>> parts = new ArrayList<>();

    RecordSequence add(VersionedRecord record) {
        parts.add(() -> List.of(record).iterator());
        return this;
    }

    /**
     * For each of the partitions, as they are now, the record of {@code change}, if it makes one.
     *
     * @param change from topic and partition number to the record
     */
    RecordSequence forEach(PartitionSet partitions, BiFunction<TopicState, Integer, Optional<VersionedRecord>> change) {
        PartitionSet chosen = partitions.copy();
        if (chosen.size() > 0) {
            parts.add(() -> new Changes(chosen.iterator(), change));
        }
        return this;
    }

    @Override
    public Iterator<VersionedRecord> iterator() {
        return new Concatenation(new ArrayList<>(parts).iterator());
    }

    private static final class Changes extends Lookahead {
        private final Iterator<PartitionSet.Member> members;
        private final BiFunction<TopicState, Integer, Optional<VersionedRecord>> change;

        Changes(
                Iterator<PartitionSet.Member> members,
                BiFunction<TopicState, Integer, Optional<VersionedRecord>> change) {
            this.members = members;
            this.change = change;
        }

        @Override
        Optional<VersionedRecord> find() {
            while (members.hasNext()) {
                PartitionSet.Member member = members.next();
                Optional<VersionedRecord> record = change.apply(member.topic(), member.partition());
                if (record.isPresent()) {
                    return record;
                }
            }
            return Optional.empty();
        }
    }

    private static final class Concatenation extends Lookahead {
        private final Iterator<Supplier<Iterator<VersionedRecord>>> rest;
        private Iterator<VersionedRecord> part = List.<VersionedRecord>of().iterator();

        Concatenation(Iterator<Supplier<Iterator<VersionedRecord>>> rest) {
            this.rest = rest;
        }

        @Override
        Optional<VersionedRecord> find() {
            while (!part.hasNext()) {
                if (!rest.hasNext()) {
                    return Optional.empty();
                }
                part = rest.next().get();
            }
            return Optional.of(part.next());
        }
    }

    /** An iterator that must make the next record to know whether there is one. */
    private abstract static class Lookahead implements Iterator<VersionedRecord> {
        private Optional<VersionedRecord> next = Optional.empty();

        abstract Optional<VersionedRecord> find();

        @Override
        public boolean hasNext() {
            if (next.isEmpty()) {
                next = find();
            }
            return next.isPresent();
        }

        @Override
        public VersionedRecord next() {
            if (!hasNext()) {
                throw new java.util.NoSuchElementException();
            }
            VersionedRecord taken = next.orElseThrow();
            next = Optional.empty();
            return taken;
        }
    }
}
