package io.milena.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MutationsTest {
    @Test
    void eachFieldIsChangedByItselfAndTheRequestStaysAsItWas() {
        // given
        Shape shape = Shape.of(ApiKeys.FIND_COORDINATOR, (short) 3);
        var good = shape.complete(Json.of("{key: 'group', keyType: 0}"));
        JsonNode before = good.deepCopy();

        // when
        List<Mutations.Mutation> mutations = Mutations.of(shape, good);

        // then
        assertThat(good).isEqualTo(before);
        assertThat(mutations).extracting(Mutations.Mutation::name).contains("key=\"\"", "keyType=-1", "keyType=127");
        assertThat(mutations)
                .allSatisfy(each -> assertThat(each.body().get("key").equals(before.get("key"))
                                || each.body().get("keyType").equals(before.get("keyType")))
                        .isTrue());
    }

    @ParameterizedTest
    @EnumSource(
            value = ApiKeys.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"LEADER_AND_ISR", "STOP_REPLICA", "UPDATE_METADATA", "CONTROLLED_SHUTDOWN"})
    void everyVersionOfEveryApiHasAShapeThatCanBeSent(ApiKeys api) {
        for (short version : api.allVersions()) {
            // given
            Shape shape = Shape.of(api, version);

            // when
            var frame = Messages.request(api, version, shape.complete(null));

            // then
            assertThat(frame.getShort(0)).isEqualTo(api.id);
            assertThat(frame.getShort(2)).isEqualTo(version);
        }
    }

    @Test
    void everyGoodRequestNamesOnlyFieldsThatAVersionHas() {
        // given
        JsonNode good = Json.resource("valid-requests.json");
        Map<String, String> unknown = new TreeMap<>();

        // when
        good.properties()
                .forEach(entry -> entry.getValue()
                        .forEach(request -> request.fieldNames().forEachRemaining(field -> {
                            ApiKeys api = ApiKeys.valueOf(entry.getKey());
                            boolean known = api.allVersions().stream()
                                    .anyMatch(version -> Shape.of(api, version).parts().stream()
                                            .anyMatch(part -> part.name().equals(field)));
                            if (!known) {
                                unknown.put(entry.getKey(), field);
                            }
                        })));

        // then
        assertThat(unknown).isEmpty();
    }
}
