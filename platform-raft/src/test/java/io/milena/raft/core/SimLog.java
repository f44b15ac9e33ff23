package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log of epochs only, as the core sees it; what is beyond {@code durable} is lost in a crash. */
final class SimLog implements LogView {
    record Entry(int epoch, long value) {}

    VoterSet voters;
    VoterSet previousVoters;
    long votersOffset = -1;
    short kraftVersion;
    final List<Entry> entries = new ArrayList<>();
    long start;
    int startEpoch;
    Optional<OffsetAndEpoch> snapshot = Optional.empty();
    int durable;

    SimLog(VoterSet voters) {
        this.voters = voters;
        this.previousVoters = voters;
    }

    @Override
    public VoterSet previousVoters() {
        return previousVoters;
    }

    void append(Entry entry) {
        entries.add(entry);
    }

    void truncate(long offset) {
        while (endOffset() > offset) {
            entries.remove(entries.size() - 1);
        }
        durable = Math.min(durable, entries.size());
    }

    void flush() {
        durable = entries.size();
    }

    Entry at(long offset) {
        return entries.get((int) (offset - start));
    }

    /** Everything before {@code end} goes into a snapshot and out of the log. */
    void compact(long end) {
        int epoch = at(end - 1).epoch();
        entries.subList(0, (int) (end - start)).clear();
        durable = entries.size();
        start = end;
        startEpoch = epoch;
        snapshot = Optional.of(new OffsetAndEpoch(end, epoch));
    }

    void install(OffsetAndEpoch id) {
        entries.clear();
        durable = 0;
        start = id.offset();
        startEpoch = id.epoch();
        snapshot = Optional.of(id);
    }

    @Override
    public long startOffset() {
        return start;
    }

    @Override
    public long endOffset() {
        return start + entries.size();
    }

    @Override
    public int lastEpoch() {
        return entries.isEmpty() ? startEpoch : entries.get(entries.size() - 1).epoch();
    }

    @Override
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        int found = startEpoch;
        long end = start;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).epoch() > epoch) {
                break;
            }
            found = entries.get(i).epoch();
            end = start + i + 1;
        }
        return new OffsetAndEpoch(end, found);
    }

    @Override
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return snapshot;
    }

    @Override
    public Optional<OffsetAndEpoch> earliestSnapshotId() {
        return snapshot;
    }

    @Override
    public VoterSet voters() {
        return voters;
    }

    @Override
    public short kraftVersion() {
        return kraftVersion;
    }

    @Override
    public long votersOffset() {
        return votersOffset;
    }
}
