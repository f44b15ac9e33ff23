package io.milena.shipping.label;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelRuleTest {

    private static final LabelRule RULE = new LabelRule(Set.of("Germany", "France"), 500, 31_500);

    @ParameterizedTest
    @CsvSource({
        "1,  Germany, GROUND, 500",
        "63, France,  GROUND, 31500",
        "64, France,  FREIGHT, 32000",
        "1,  Brazil,  AIR, 500",
        "64, Brazil,  FREIGHT, 32000",
        "1,  ,        GROUND, 500"
    })
    void weight_decides_before_distance(long units, String country, Carrier carrier, long weightGrams) {
        Label label = RULE.label("10248", units, country);
        assertThat(label.carrier()).isEqualTo(carrier);
        assertThat(label.weightGrams()).isEqualTo(weightGrams);
    }

    @Test
    void an_order_always_gets_the_same_number_and_every_order_its_own() {
        assertThat(RULE.label("10248", 1, null)).isEqualTo(RULE.label("10248", 1, null));
        Set<String> numbers = new java.util.HashSet<>();
        for (int order = 0; order < 20_000; order++) {
            numbers.add(TrackingNumber.of(Carrier.AIR, "order-" + order));
        }
        assertThat(numbers).hasSize(20_000).allMatch(TrackingNumber::isValid);
    }

    @Test
    void a_mistyped_number_is_found() {
        String number = TrackingNumber.of(Carrier.AIR, "10248");
        for (int at = 2; at < number.length(); at++) {
            for (char digit = '0'; digit <= '9'; digit++) {
                String typed = number.substring(0, at) + digit + number.substring(at + 1);
                assertThat(TrackingNumber.isValid(typed)).isEqualTo(typed.equals(number));
            }
            if (at + 1 < number.length() && number.charAt(at) != number.charAt(at + 1)) {
                String swapped =
                        number.substring(0, at) + number.charAt(at + 1) + number.charAt(at) + number.substring(at + 2);
                assertThat(TrackingNumber.isValid(swapped)).isFalse();
            }
        }
        assertThat(TrackingNumber.isValid("MA12")).isFalse();
    }
}
