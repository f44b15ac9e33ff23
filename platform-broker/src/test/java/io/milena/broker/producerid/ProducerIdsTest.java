package io.milena.broker.producerid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.junit.jupiter.api.Test;

class ProducerIdsTest {
    private final Deque<CompletableFuture<ProducerIdBlock>> asked = new ArrayDeque<>();
    private final ProducerIds ids = new ProducerIds(() -> {
        CompletableFuture<ProducerIdBlock> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    });

    @Test
    void producersThatCameBeforeTheFirstBlockAreServedInOrder() {
        CompletableFuture<Long> first = ids.take();
        CompletableFuture<Long> second = ids.take();

        assertThat(first).isNotDone();
        assertThat(asked).hasSize(1);
        asked.remove().complete(new ProducerIdBlock(1000, 1000));

        assertThat(first).isCompletedWithValue(1000L);
        assertThat(second).isCompletedWithValue(1001L);
    }

    @Test
    void theNextBlockIsAskedForBeforeThisOneIsUsedUp() {
        List<Long> taken = new ArrayList<>();
        ids.take().thenAccept(taken::add);
        asked.remove().complete(new ProducerIdBlock(0, 10));
        for (int i = 0; i < 8; i++) {
            ids.take().thenAccept(taken::add);
        }
        assertThat(asked).hasSize(1);
        asked.remove().complete(new ProducerIdBlock(50, 10));
        ids.take().thenAccept(taken::add);
        ids.take().thenAccept(taken::add);

        assertThat(taken).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 50L);
        assertThat(asked).isEmpty();
    }

    @Test
    void aRefusalFailsThoseWhoWaitAndTheNextProducerAsksAgain() {
        CompletableFuture<Long> first = ids.take();
        asked.remove().completeExceptionally(new IllegalStateException("no controller"));

        assertThat(first).isCompletedExceptionally();
        assertThat(first.handle((id, error) -> error).join()).isInstanceOf(CoordinatorLoadInProgressException.class);
        CompletableFuture<Long> second = ids.take();
        asked.remove().complete(new ProducerIdBlock(7, 1));
        assertThat(second).isCompletedWithValue(7L);
    }

    @Test
    void blocksOfOneIdAreEnough() {
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.take().thenAccept(taken::add);
            while (!asked.isEmpty()) {
                asked.remove().complete(new ProducerIdBlock(i * 10L, 1));
                if (taken.size() > i) {
                    break;
                }
            }
        }
        assertThat(taken).hasSize(3).doesNotHaveDuplicates();
    }
}
