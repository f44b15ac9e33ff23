package io.milena.starter.web;

import java.math.BigDecimal;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * Bodies of requests are taken as they are or refused, never bent: a number is no text, and a decimal has an exponent that can be
 * computed with. {@code 1E+2147483647} passes as a {@link BigDecimal}, but its digits overflow every sum and every scale made of it.
 */
public final class StrictJson implements JsonMapperBuilderCustomizer {

    /** Digits before or behind the point that a decimal may stand for. */
    static final int MOST_DIGITS = 100;

    @Override
    public void customize(JsonMapper.Builder builder) {
        builder.withCoercionConfig(LogicalType.Textual, text -> {
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
                .addModule(new SimpleModule("bounded decimals")
                        .addDeserializer(BigDecimal.class, new BoundedDecimalDeserializer()));
    }

    private static final class BoundedDecimalDeserializer extends StdDeserializer<BigDecimal> {

        BoundedDecimalDeserializer() {
            super(BigDecimal.class);
        }

        @Override
        public BigDecimal deserialize(JsonParser parser, DeserializationContext context) {
            JsonToken token = parser.currentToken();
            if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
                return (BigDecimal) context.handleUnexpectedToken(getValueType(context), parser);
            }
            BigDecimal value = parser.getDecimalValue();
            long digitsBeforePoint = (long) value.precision() - value.scale();
            if (digitsBeforePoint > MOST_DIGITS || value.scale() > MOST_DIGITS) {
                return (BigDecimal) context.handleWeirdNumberValue(
                        BigDecimal.class, value, "more than " + MOST_DIGITS + " digits before or behind the point");
            }
            return value;
        }
    }
}
