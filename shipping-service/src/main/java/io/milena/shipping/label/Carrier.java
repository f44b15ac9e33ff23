package io.milena.shipping.label;

/** Who takes a parcel; tracking numbers begin with the carrier's letters. */
public enum Carrier {
    GROUND("MG"),
    AIR("MA"),
    FREIGHT("MF");

    private final String letters;

    Carrier(String letters) {
        this.letters = letters;
    }

    String letters() {
        return letters;
    }
}
