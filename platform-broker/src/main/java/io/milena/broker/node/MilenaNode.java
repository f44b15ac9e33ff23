package io.milena.broker.node;

import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.NodeConfig;
import io.milena.raft.core.LeaderAndEpoch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeQuorumResponseData;

/** x */
public final class MilenaNode implements AutoCloseable {
    public static MilenaNode start(NodeConfig config) {
        throw new UnsupportedOperationException();
    }

    public NodeConfig config() {
        throw new UnsupportedOperationException();
    }

    public Optional<BrokerView> broker() {
        throw new UnsupportedOperationException();
    }

    public List<Path> logDirs() {
        throw new UnsupportedOperationException();
    }

    public List<Path> offlineLogDirs() {
        throw new UnsupportedOperationException();
    }

    public long metadataLag() {
        return 0;
    }

    public LeaderAndEpoch leaderAndEpoch() {
        throw new UnsupportedOperationException();
    }

    public boolean failed() {
        return false;
    }

    public MetadataImage image() {
        throw new UnsupportedOperationException();
    }

    public String clusterId() {
        throw new UnsupportedOperationException();
    }

    public long metadataHighWatermark() {
        return 0;
    }

    public CompletableFuture<DescribeQuorumResponseData.PartitionData> describeQuorum() {
        throw new UnsupportedOperationException();
    }

    public int activeControllerCount() {
        return 0;
    }

    public RequestMeters requests() {
        throw new UnsupportedOperationException();
    }

    public void awaitStop() {}

    @Override
    public void close() {}
}
