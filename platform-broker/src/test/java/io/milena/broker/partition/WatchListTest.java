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

    @Test
    void everyMemberIsToldAndWhoLeftIsNot() {
        List<String> told = new ArrayList<>();
        list.join(() -> told.add("a"));
        WatchList.Place b = list.join(() -> told.add("b"));
        list.join(() -> told.add("c"));

        b.close();
        b.close();
        list.fire();

        assertThat(told).containsExactlyInAnyOrder("a", "c");
        assertThat(list.size()).isEqualTo(2);
    }

    @Test
    void aWatcherMayLeaveWhileItIsTold() {
        AtomicInteger told = new AtomicInteger();
        List<WatchList.Place> places = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int self = i;
            places.add(list.join(() -> {
                told.incrementAndGet();
                places.get(self).close();
            }));
        }

        list.fire();

        assertThat(told).hasValue(3);
        assertThat(list.size()).isZero();
    }

    @Test
    void oneWhoseLoopHasEndedDoesNotKeepTheOthersFromHearing() {
        AtomicInteger told = new AtomicInteger();
        list.join(told::incrementAndGet);
        list.join(() -> {
            throw new RejectedExecutionException();
        });
        list.join(told::incrementAndGet);

        list.fire();

        assertThat(told).hasValue(2);
    }

    @Test
    void joiningAndLeavingAtRandomKeepsTheListWhole() {
        Random random = new Random(7);
        List<WatchList.Place> places = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (places.isEmpty() || random.nextInt(5) < 3) {
                places.add(list.join(() -> {}));
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
