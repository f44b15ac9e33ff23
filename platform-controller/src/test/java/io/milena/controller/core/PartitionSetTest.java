package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class PartitionSetTest {
    @Test
    void it_holds_what_a_set_would_hold_whatever_comes_and_goes() {
        Random random = new Random(7);
        List<TopicState> topics = new ArrayList<>();
        for (int t = 0; t < 5; t++) {
            topics.add(new TopicState("t" + t, Uuid.randomUuid()));
        }
        PartitionSet set = new PartitionSet();
        Set<String> model = new HashSet<>();

        for (int step = 0; step < 10_000; step++) {
            TopicState topic = topics.get(random.nextInt(topics.size()));
            int partition = random.nextInt(3);
            boolean member = random.nextBoolean();
            set.set(topic, partition, member);
            if (member) {
                model.add(topic.name() + partition);
            } else {
                model.remove(topic.name() + partition);
            }

            Set<String> held = new HashSet<>();
            set.forEach((each, number) -> held.add(each.name() + number));
            assertThat(held).isEqualTo(model);
            assertThat(set.size()).isEqualTo(model.size());
            assertThat(set.contains(topic, partition)).isEqualTo(member);
        }
    }
}
