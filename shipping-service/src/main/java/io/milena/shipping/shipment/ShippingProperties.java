package io.milena.shipping.shipment;

import io.milena.shipping.label.LabelRule;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Shipping.
 *
 * @param dispatch who lets a parcel leave once its order is shipped
 * @param nearCountries countries reached on the ground
 * @param gramsPerUnit what a unit weighs
 * @param parcelMaxGrams the heaviest parcel; more goes by freight
 */
@ConfigurationProperties("shipping")
record ShippingProperties(
        @DefaultValue("automatic") Dispatch dispatch,

        @DefaultValue({
            "Austria",
            "Belgium",
            "Czechia",
            "Denmark",
            "Finland",
            "France",
            "Germany",
            "Ireland",
            "Italy",
            "Netherlands",
            "Norway",
            "Poland",
            "Portugal",
            "Spain",
            "Sweden",
            "Switzerland",
            "UK"
        })
        Set<String> nearCountries,

        @DefaultValue("500") long gramsPerUnit,
        @DefaultValue("31500") long parcelMaxGrams) {

    /** Who dispatches. */
    enum Dispatch {
        /** Every parcel leaves as soon as it may. */
        AUTOMATIC,
        /** Somebody says so: {@code POST /shipments/{orderId}/dispatch}. */
        MANUAL
    }

    ShippingProperties {
        if (gramsPerUnit <= 0 || parcelMaxGrams <= 0) {
            throw new IllegalArgumentException("shipping.grams-per-unit and shipping.parcel-max-grams must be above 0");
        }
    }

    LabelRule labelRule() {
        return new LabelRule(nearCountries, gramsPerUnit, parcelMaxGrams);
    }
}
