package io.milena.shipping.label;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses carriers: what is too heavy for a parcel goes by freight, what stays near goes on the ground, the rest by air.
 *
 * @param nearCountries reached on the ground; so is an order without an address
 * @param gramsPerUnit what a unit weighs; orders do not tell
 * @param parcelMaxGrams the heaviest parcel
 */
public record LabelRule(Set<String> nearCountries, long gramsPerUnit, long parcelMaxGrams) {

    public LabelRule {
        nearCountries = Set.copyOf(nearCountries);
    }

    public Label label(String orderId, long units, @Nullable String country) {
        long weightGrams = Math.multiplyExact(units, gramsPerUnit);
        Carrier carrier = carrier(weightGrams, country);
        return new Label(carrier, TrackingNumber.of(carrier, orderId), weightGrams);
    }

    private Carrier carrier(long weightGrams, @Nullable String country) {
        if (weightGrams > parcelMaxGrams) {
            return Carrier.FREIGHT;
        }
        return country == null || nearCountries.contains(country) ? Carrier.GROUND : Carrier.AIR;
    }
}
