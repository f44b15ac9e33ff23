package io.milena.broker.replication;

import io.milena.broker.partition.InSyncReplicas;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.Replication;
import io.milena.broker.replication.core.IsrProposal;
import io.milena.broker.replication.core.ProposalAnswer;
import io.milena.broker.replication.core.ProposalRequest;
import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.MetadataImage;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the proposals of partitions led here to the controller (AlterPartition, KIP-497, KIP-903) and its answers back: one
 * request at a time with what has come together meanwhile, some thousand partitions at most. Thread-safe.
 */
public final class IsrNegotiation implements Replication {
    private static final Logger LOG = LoggerFactory.getLogger(IsrNegotiation.class);
    private static final long RETRY_MS = 50;
    private static final int MAX_PER_REQUEST = 4_000;
    /** After this much, ms, a replica that the controller did not let in may ask again. */
    private static final long RECONSIDER_MS = 100;

    /** The way to the active controller; goes on trying for a while. */
    public interface Controller {
        CompletableFuture<ApiMessage> send(ApiMessage request);
    }

    private record Key(Uuid topicId, int index) {}

    private record Waiting(Partition partition, IsrProposal proposal) {}

    private final ReplicationConfig config;
    private final Supplier<MetadataImage> image;
    private final LongSupplier brokerEpoch;
    private final Controller controller;
    private final ScheduledExecutorService scheduler;

    // Guarded by this.
    private Map<Key, Waiting> waiting = new LinkedHashMap<>();
    private boolean asking;

    /**
     * @param brokerEpoch of this broker's registration
     * @param scheduler runs retries
     */
    public IsrNegotiation(
            ReplicationConfig config,
            Supplier<MetadataImage> image,
            LongSupplier brokerEpoch,
            Controller controller,
            ScheduledExecutorService scheduler) {
        this.config = config;
        this.image = image;
        this.brokerEpoch = brokerEpoch;
        this.controller = controller;
        this.scheduler = scheduler;
    }

    @Override
    public boolean mayJoin(int replicaId, long itsEpoch) {
        BrokerRegistration broker = image.get().cluster().brokers().get(replicaId);
        return broker != null && broker.isActive() && (itsEpoch == -1 || itsEpoch == broker.epoch());
    }

    @Override
    public boolean isAlive(int replicaId) {
        BrokerRegistration broker = image.get().cluster().brokers().get(replicaId);
        return broker != null && !broker.fenced();
    }

    @Override
    public long lagTimeMaxMs() {
        return config.lagTimeMaxMs();
    }

    @Override
    public void propose(Partition partition, IsrProposal proposal) {
        LOG.debug("{} asks for {}", partition, proposal);
        synchronized (this) {
            waiting.put(new Key(partition.topicId(), partition.index()), new Waiting(partition, proposal));
        }
        ask();
    }

    private void ask() {
        Map<Key, Waiting> asked;
        synchronized (this) {
            if (asking || waiting.isEmpty()) {
                return;
            }
            asking = true;
            asked = takeSome();
        }
        controller.send(request(asked)).whenComplete((answer, error) -> {
            boolean again = answered(asked, answer, error);
            synchronized (this) {
                asking = false;
            }
            if (again) {
                after(RETRY_MS, this::ask);
            } else {
                ask();
            }
        });
    }

    /** The oldest proposals: one request, and the controller's answer to it, stay of bounded size whatever this broker leads. */
    private Map<Key, Waiting> takeSome() {
        if (waiting.size() <= MAX_PER_REQUEST) {
            Map<Key, Waiting> all = waiting;
            waiting = new LinkedHashMap<>();
            return all;
        }
        Map<Key, Waiting> some = new LinkedHashMap<>();
        Iterator<Map.Entry<Key, Waiting>> oldest = waiting.entrySet().iterator();
        while (some.size() < MAX_PER_REQUEST) {
            Map.Entry<Key, Waiting> each = oldest.next();
            some.put(each.getKey(), each.getValue());
            oldest.remove();
        }
        return some;
    }

    private void after(long delayMs, Runnable task) {
        try {
            scheduler.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("This broker is shutting down", stopping);
        }
    }

    private ApiMessage request(Map<Key, Waiting> asked) {
        ProposalRequest request = new ProposalRequest(config.brokerId(), brokerEpoch.getAsLong());
        asked.forEach((key, each) -> request.add(key.topicId(), key.index(), each.proposal()));
        return request.data();
    }

    /** Whether something has to be asked again. */
    private boolean answered(Map<Key, Waiting> asked, @Nullable ApiMessage answer, @Nullable Throwable error) {
        if (!(answer instanceof AlterPartitionResponseData response) || response.errorCode() != Errors.NONE.code()) {
            LOG.info("The controller did not decide about in-sync replicas, asking again: {}", answer, error);
            asked.forEach(this::again);
            return true;
        }
        boolean again = false;
        Map<Key, Waiting> open = new LinkedHashMap<>(asked);
        for (AlterPartitionResponseData.TopicData topic : response.topics()) {
            for (PartitionData data : topic.partitions()) {
                Key key = new Key(topic.topicId(), data.partitionIndex());
                Waiting each = open.remove(key);
                if (each != null && !told(each, data)) {
                    again(key, each);
                    again = true;
                }
            }
        }
        open.forEach(this::again);
        return again || !open.isEmpty();
    }

    private synchronized void again(Key key, Waiting each) {
        waiting.putIfAbsent(key, each);
    }

    /** As {@link #settled}; a partition that fails, perhaps since its disk does, keeps no other from being asked about. */
    private boolean told(Waiting each, PartitionData data) {
        try {
            return settled(each, data);
        } catch (RuntimeException e) {
            LOG.warn("{} cannot take over what the controller decided about it", each.partition(), e);
            return true;
        }
    }

    private boolean settled(Waiting each, PartitionData data) {
        ProposalAnswer answer = ProposalAnswer.of(each.proposal(), data);
        LOG.debug("The controller about {}: {}, {}", each, data, answer);
        InSyncReplicas replicas = each.partition().inSyncReplicas();
        switch (answer) {
            case DECIDED -> replicas.decided(each.proposal(), data.isr(), data.partitionEpoch());
            case REFUSED -> {
                replicas.refused(each.proposal());
                after(RECONSIDER_MS, replicas::reconsider);
            }
            case OVERTAKEN -> LOG.info("The controller answers {} to {}", Errors.forCode(data.errorCode()), each);
            case UNKNOWN -> {
                return false;
            }
        }
        return true;
    }
}
