package io.milena.testkit.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** One fault to one victim. */
public record Blow(Victim victim, Fault fault) {
    /** Every fault to every victim. */
    public static List<Blow> matrix() {
        List<Blow> all = new ArrayList<>();
        for (Victim victim : Victim.values()) {
            for (Fault fault : Fault.values()) {
                all.add(new Blow(victim, fault));
            }
        }
        return all;
    }

    /** So many of the choice, in an order that the dice say; none comes a second time before all have come. */
    static List<Blow> deal(List<Blow> choice, int rounds, Random dice) {
        List<Blow> dealt = new ArrayList<>();
        while (dealt.size() < rounds) {
            List<Blow> deck = new ArrayList<>(choice);
            Collections.shuffle(deck, dice);
            dealt.addAll(deck.subList(0, Math.min(deck.size(), rounds - dealt.size())));
        }
        return dealt;
    }

    @Override
    public String toString() {
        return victim + ", " + fault;
    }
}
