package io.milena.controller;

import io.milena.raft.NotLeaderException;
import io.milena.raft.RaftListener;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.storage.RecordBatches;
import io.milena.records.CommittedBatch;
import io.milena.records.MetadataRecordSerde;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;

/** A metadata quorum in memory, shared by any number of controllers: the test says who leads and what is committed. */
final class MemoryLog {
    private final List<CommittedBatch> batches = new ArrayList<>();
    private final Map<RaftListener, Feed> feeds = new LinkedHashMap<>();
    private LeaderAndEpoch leader = LeaderAndEpoch.UNKNOWN;
    private int committed;
    private long end;
    private boolean autoCommit = true;
    private int maxBatchBytes = 8 * 1024 * 1024;

    /** The log as one node sees it. */
    MetadataLogWriter of(int nodeId) {
        return new MetadataLogWriter() {
            @Override
            public long append(int epoch, List<VersionedRecord> records) {
                return MemoryLog.this.append(nodeId, epoch, records);
            }

            @Override
            public int maxBatchBytes() {
                return maxBatchBytes;
            }

            @Override
            public void resign(int epoch) {
                MemoryLog.this.resign(nodeId, epoch);
            }

            @Override
            public long logEndOffset() {
                synchronized (MemoryLog.this) {
                    return end;
                }
            }

            @Override
            public void register(RaftListener listener) {
                synchronized (MemoryLog.this) {
                    feeds.put(listener, new Feed(nodeId));
                    advance();
                }
            }

            @Override
            public void unregister(RaftListener listener) {
                synchronized (MemoryLog.this) {
                    feeds.remove(listener);
                }
            }
        };
    }

    private synchronized long append(int nodeId, int epoch, List<VersionedRecord> records) {
        if (!leader.isLeader(nodeId) || leader.epoch() != epoch) {
            throw new NotLeaderException("Node " + nodeId + " does not lead in epoch " + epoch, leader);
        }
        int size = RecordBatches.data(0, epoch, 0, records).sizeInBytes();
        if (size > maxBatchBytes) {
            throw new RecordBatchTooLargeException(size + " bytes are more than " + maxBatchBytes);
        }
        add(epoch, records);
        if (autoCommit) {
            commitAll();
        }
        return end - 1;
    }

    /** What one batch may take, as the real log bounds it. */
    synchronized void maxBatchBytes(int bytes) {
        maxBatchBytes = bytes;
    }

    private synchronized void resign(int nodeId, int epoch) {
        if (leader.isLeader(nodeId) && leader.epoch() == epoch) {
            leader = new LeaderAndEpoch(OptionalInt.empty(), epoch);
            advance();
        }
    }

    private void add(int epoch, List<VersionedRecord> records) {
        List<VersionedRecord> copies = new ArrayList<>();
        records.forEach(record -> copies.add(MetadataRecordSerde.read(MetadataRecordSerde.write(record))));
        long size = Math.max(1, copies.size());
        batches.add(new CommittedBatch(end, end + size - 1, epoch, 0, 100, copies));
        end += size;
    }

    synchronized void autoCommit(boolean value) {
        autoCommit = value;
        if (value) {
            commitAll();
        }
    }

    private void commitAll() {
        committed = batches.size();
        advance();
    }

    /** Elects a leader that has some of the batches that were not committed yet, and commits these. */
    synchronized void elect(int nodeId, IntUnaryOperator kept) {
        int pending = batches.size() - committed;
        committed += Math.min(pending, kept.applyAsInt(pending));
        elect(nodeId, false);
    }

    /** Elects a leader; what was not committed is lost unless kept. */
    synchronized void elect(int nodeId, boolean keepUncommitted) {
        if (!keepUncommitted) {
            while (batches.size() > committed) {
                end = batches.remove(batches.size() - 1).baseOffset();
            }
        }
        leader = new LeaderAndEpoch(OptionalInt.of(nodeId), leader.epoch() + 1);
        autoCommit = true;
        add(leader.epoch(), List.of());
        commitAll();
    }

    synchronized int leaderEpoch() {
        return leader.epoch();
    }

    /** Everything that is committed. */
    synchronized List<VersionedRecord> records() {
        return batches.subList(0, committed).stream()
                .flatMap(batch -> batch.records().stream())
                .toList();
    }

    /** Whether the topic's creation is committed. */
    synchronized boolean hasCommitted(String topic) {
        return batches.subList(0, committed).stream()
                .flatMap(batch -> batch.records().stream())
                .anyMatch(record -> record.message() instanceof TopicRecord created
                        && created.name().equals(topic));
    }

    synchronized long end() {
        return end;
    }

    private void advance() {
        new ArrayList<>(feeds.entrySet()).forEach(entry -> {
            Feed feed = entry.getValue();
            while (feed.next < committed) {
                entry.getKey().onCommit(batches.get(feed.next++));
            }
            if (!leader.equals(feed.told)) {
                feed.told = leader;
                entry.getKey().onLeaderChange(leader);
            }
        });
    }

    private static final class Feed {
        final int nodeId;
        int next;
        LeaderAndEpoch told = LeaderAndEpoch.UNKNOWN;

        Feed(int nodeId) {
            this.nodeId = nodeId;
        }
    }
}
