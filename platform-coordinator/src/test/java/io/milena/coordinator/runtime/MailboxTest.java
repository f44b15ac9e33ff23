package io.milena.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Deque<Runnable> thread = new ArrayDeque<>();
    private final List<Integer> done = new ArrayList<>();
    private final AtomicInteger rounds = new AtomicInteger();

    @Test
    void workIsLeftToTheThreadInOrderAndTakesOnePlaceInItsQueue() {
        // given
        Mailbox<Integer> mailbox = new Mailbox<>(thread::add, done::add, rounds::incrementAndGet);

        // when
        mailbox.put(1);
        mailbox.put(2);
        mailbox.put(3);

        // then
        assertThat(done).isEmpty();
        assertThat(thread).hasSize(1);
        thread.remove().run();
        assertThat(done).containsExactly(1, 2, 3);
        assertThat(rounds).hasValue(1);
        assertThat(thread).isEmpty();
        mailbox.put(4);
        assertThat(thread).hasSize(1);
    }

    @Test
    void aMailboxThatIsNeverEmptyLetsOthersHaveTheThread() {
        // given
        List<Mailbox<Integer>> self = new ArrayList<>();
        Mailbox<Integer> busy = new Mailbox<>(thread::add, n -> self.get(0).put(n + 1), rounds::incrementAndGet);
        self.add(busy);
        Mailbox<Integer> other = new Mailbox<>(thread::add, done::add, () -> {});

        // when
        busy.put(0);
        other.put(7);
        thread.remove().run();
        thread.remove().run();

        // then
        assertThat(done).containsExactly(7);
        assertThat(rounds).hasValue(1);
        assertThat(thread).as("the busy one goes on").hasSize(1);
    }

    @Test
    void whenTheThreadHasEndedWorkIsDoneAllTheSame() {
        // given
        Mailbox<Integer> mailbox = new Mailbox<>(
                task -> {
                    throw new RejectedExecutionException();
                },
                done::add,
                () -> {});

        // when
        mailbox.put(1);
        mailbox.put(2);

        // then
        assertThat(done).containsExactly(1, 2);
    }
}
