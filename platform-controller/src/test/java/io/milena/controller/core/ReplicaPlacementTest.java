package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.placement.ClusterDescriber;
import org.apache.kafka.metadata.placement.PlacementSpec;
import org.apache.kafka.metadata.placement.StripedReplicaPlacer;
import org.apache.kafka.metadata.placement.UsableBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Brokers are written as id and rack, with a ~ behind those that are fenced. */
class ReplicaPlacementTest {
    private static List<BrokerState> brokers(String text) {
        List<BrokerState> brokers = new ArrayList<>();
        for (String each : text.trim().split(" +")) {
            boolean fenced = each.endsWith("~");
            String rack = each.replaceAll("[0-9~]", "");
            int id = Integer.parseInt(each.replaceAll("[^0-9]", ""));
            brokers.add(new BrokerState(
                    id,
                    1,
                    Uuid.ONE_UUID,
                    Map.of(),
                    Map.of(),
                    rack.isEmpty() ? Optional.empty() : Optional.of(rack),
                    fenced,
                    false,
                    List.of(),
                    List.of(),
                    1));
        }
        return brokers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0 1 2",
                "0 1 2 3~ 4~",
                "0a 1a 2b 3b",
                "0a 1b 2c",
                "0a 1a 2a 3b 4c 5c",
                "0a 1b~ 2c 3c~ 4",
                "0a~ 1a~ 2b 3b"
            })
    void theSameRandomNumbersGiveTheSameReplicasAsInKafka(String text) {
        List<BrokerState> brokers = brokers(text);
        for (int seed = 0; seed < 50; seed++) {
            for (int factor = 1; factor <= brokers.size(); factor++) {
                // given
                Random ours = new Random(seed);
                Random theirs = new Random(seed);

                // when
                List<int[]> placed = new ReplicaPlacement(brokers, ours).place(13, factor);

                // then
                List<List<Integer>> expected = new ArrayList<>();
                new StripedReplicaPlacer(theirs)
                        .place(new PlacementSpec(0, 13, (short) factor), new Described(brokers))
                        .assignments()
                        .forEach(each -> expected.add(each.replicas()));
                assertThat(placed.stream().map(Ids::list).toList())
                        .as(text + " with seed " + seed + " and factor " + factor)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0a 1a 2b 3b, 8, 2", "0 1 2 3, 8, 2", "0a 1a 2b 3b 4c 5c, 12, 3", "0 1 2, 9, 3"})
    void replicasSpreadEvenlyOverBrokersAndRacks(String text, int partitions, int factor) {
        List<BrokerState> brokers = brokers(text);
        for (int seed = 0; seed < 200; seed++) {
            Map<Integer, Integer> replicas = new HashMap<>();
            for (int[] each : new ReplicaPlacement(brokers, new Random(seed)).place(partitions, factor)) {
                Ids.list(each).forEach(id -> replicas.merge(id, 1, Integer::sum));
                Set<Object> racks = new HashSet<>();
                Ids.list(each).forEach(id -> racks.add(brokers.get(id).rack()));
                long all = brokers.stream().map(BrokerState::rack).distinct().count();
                assertThat(racks).hasSize((int) Math.min(all, factor));
            }
            assertThat(replicas.values()).as("seed " + seed).containsOnly(partitions * factor / brokers.size());
        }
    }

    @Test
    void nobodyFencedLeads() {
        for (int seed = 0; seed < 100; seed++) {
            for (int[] each : new ReplicaPlacement(brokers("0a~ 1a 2b~ 3c"), new Random(seed)).place(10, 4)) {
                assertThat(each[0]).isIn(1, 3);
                assertThat(Ids.list(each)).containsExactlyInAnyOrder(0, 1, 2, 3);
            }
        }
    }

    private record Described(List<BrokerState> brokers) implements ClusterDescriber {
        @Override
        public Iterator<UsableBroker> usableBrokers() {
            return brokers.stream()
                    .map(each -> new UsableBroker(each.id(), each.rack(), each.fenced()))
                    .iterator();
        }

        @Override
        public Uuid defaultDir(int brokerId) {
            return Uuid.ONE_UUID;
        }
    }
}
