package io.milena.testkit.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** One fault to one victim. */
public record TargetedFault(Victim victim, Fault fault) {
    /** Every fault to every victim. */
    public static List<TargetedFault> matrix() {
        List<TargetedFault> all = new ArrayList<>();
        for (Victim victim : Victim.values()) {
            for (Fault fault : Fault.values()) {
                all.add(new TargetedFault(victim, fault));
            }
        }
        return all;
    }

    /** So many of the choice, in an order that the dice say; none comes a second time before all have come. */
    static List<TargetedFault> schedule(List<TargetedFault> choice, int rounds, Random dice) {
        List<TargetedFault> scheduled = new ArrayList<>();
        while (scheduled.size() < rounds) {
            List<TargetedFault> deck = new ArrayList<>(choice);
            Collections.shuffle(deck, dice);
            scheduled.addAll(deck.subList(0, Math.min(deck.size(), rounds - scheduled.size())));
        }
        return scheduled;
    }

    @Override
    public String toString() {
        return victim + ", " + fault;
    }
}
