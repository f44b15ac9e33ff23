package io.milena.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchListTest {
    private final WatchList list = new WatchList();

    private WatchList.Place join(Runnable action) {
        return list.join(moves -> action.run(), PartitionWatcher.ANYTHING);
    }

    @Test
    void aMemberIsToldOnlyOfTheMovesThatInterestIt() {
        List<Integer> told = new ArrayList<>();
        list.join(told::add, PartitionWatcher.COMMITTED | PartitionWatcher.CHANGED);

        list.fire(PartitionWatcher.APPENDED);
        list.fire(PartitionWatcher.APPENDED | PartitionWatcher.COMMITTED);
        list.fire(PartitionWatcher.CHANGED);

        assertThat(told)
                .containsExactly(PartitionWatcher.APPENDED | PartitionWatcher.COMMITTED, PartitionWatcher.CHANGED);
    }

    @Test
    void everyMemberIsToldAndWhoLeftIsNot() {
        List<String> told = new ArrayList<>();
        join(() -> told.add("a"));
        WatchList.Place b = join(() -> told.add("b"));
        join(() -> told.add("c"));

        b.close();
        b.close();
        list.fire(PartitionWatcher.ANYTHING);

        assertThat(told).containsExactlyInAnyOrder("a", "c");
        assertThat(list.size()).isEqualTo(2);
    }

    @Test
    void aWatcherMayLeaveWhileItIsTold() {
        AtomicInteger told = new AtomicInteger();
        List<WatchList.Place> places = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int self = i;
            places.add(join(() -> {
                told.incrementAndGet();
                places.get(self).close();
            }));
        }

        list.fire(PartitionWatcher.ANYTHING);

        assertThat(told).hasValue(3);
        assertThat(list.size()).isZero();
    }

    @Test
    void oneWhoseLoopHasEndedDoesNotKeepTheOthersFromHearing() {
        AtomicInteger told = new AtomicInteger();
        join(told::incrementAndGet);
        join(() -> {
            throw new RejectedExecutionException();
        });
        join(told::incrementAndGet);

        list.fire(PartitionWatcher.ANYTHING);

        assertThat(told).hasValue(2);
    }

    @Test
    void joiningAndLeavingAtRandomKeepsTheListWhole() {
        Random random = new Random(7);
        List<WatchList.Place> places = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (places.isEmpty() || random.nextInt(5) < 3) {
                places.add(join(() -> {}));
            } else {
                places.remove(random.nextInt(places.size())).close();
            }
            if (i % 1000 == 0) {
                assertThat(list.size()).isEqualTo(places.size());
            }
        }
        places.forEach(WatchList.Place::close);
        assertThat(list.size()).isZero();
    }
}
