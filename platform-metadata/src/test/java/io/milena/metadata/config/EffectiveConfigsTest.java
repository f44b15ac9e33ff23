package io.milena.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.metadata.ConfigurationsImage;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;

class EffectiveConfigsTest {
    private final MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);

    private void set(Type type, String resource, String name, String value) {
        delta.replay(new VersionedRecord(
                new ConfigRecord()
                        .setResourceType(type.id())
                        .setResourceName(resource)
                        .setName(name)
                        .setValue(value),
                0));
    }

    private ConfigurationsImage configs() {
        return delta.apply(MetadataProvenance.EMPTY).configs();
    }

    private static NodeConfig node(String... pairs) {
        Map<String, String> map = new HashMap<>(NodeConfigTest.combined());
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return NodeConfig.of(map);
    }

    private static ConfigValue of(Iterable<ConfigValue> values, String name) {
        for (ConfigValue value : values) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw new AssertionError(name);
    }

    @Test
    void theNearestLevelWins() {
        TopicConfigs topics = new TopicConfigs(node("log.retention.hours", "2"));
        assertThat(topics.value("retention.ms", "t", configs())).contains("7200000");
        set(Type.BROKER, "", "log.retention.ms", "3");
        assertThat(topics.value("retention.ms", "t", configs())).contains("3");
        set(Type.BROKER, "1", "log.retention.ms", "4");
        assertThat(topics.value("retention.ms", "t", configs())).contains("4");
        set(Type.TOPIC, "t", "retention.ms", "5");
        assertThat(topics.effective("t", configs())).containsEntry("retention.ms", "5");

        ConfigValue value = of(topics.describe(Map.of("retention.ms", "5"), configs()), "retention.ms");
        assertThat(value.source()).isEqualTo(ConfigSource.TOPIC_CONFIG);
        assertThat(value.synonyms())
                .containsExactly(
                        new ConfigValue.Candidate("retention.ms", "5", ConfigSource.TOPIC_CONFIG),
                        new ConfigValue.Candidate("log.retention.ms", "4", ConfigSource.DYNAMIC_BROKER_CONFIG),
                        new ConfigValue.Candidate("log.retention.ms", "3", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG),
                        new ConfigValue.Candidate("log.retention.hours", "2", ConfigSource.STATIC_BROKER_CONFIG),
                        new ConfigValue.Candidate("log.retention.hours", "168", ConfigSource.DEFAULT_CONFIG));
    }

    @Test
    void aKeyGivenUnderAWeakerNameOnlyCountsAsDefaultAsInApacheKafka() {
        TopicConfigs topics = new TopicConfigs(node("log.retention.hours", "2"));
        ConfigValue value = of(topics.describe(Map.of(), configs()), "retention.ms");
        assertThat(value.value()).isEqualTo("7200000");
        assertThat(value.source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        assertThat(value.synonyms()).isEmpty();
    }

    @Test
    void internalKeysShowOnlyWhereTheyAreSet() {
        TopicConfigs topics = new TopicConfigs(node());
        assertThat(topics.describe(Map.of(), configs()))
                .extracting(ConfigValue::name)
                .doesNotContain("internal.segment.bytes")
                .hasSize(33);
        assertThat(topics.describe(Map.of("internal.segment.bytes", "100"), configs()))
                .hasSize(34);
    }

    @Test
    void nullOverridesAreRefused() {
        Map<String, String> overrides = new HashMap<>();
        overrides.put("retention.ms", null);
        assertThatThrownBy(() -> new TopicConfigs(node()).validate(overrides))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessage("Null value not supported for topic configs: retention.ms");
    }

    @Test
    void brokersShowWhatIsReadOnlyAndHidePasswords() {
        BrokerConfigs broker = new BrokerConfigs(node("ssl.key.password", "secret", "num.io.threads", "4"));
        set(Type.BROKER, "1", "num.io.threads", "6");
        ConfigValue threads = of(broker.describe(configs()), "num.io.threads");
        assertThat(threads.value()).isEqualTo("6");
        assertThat(threads.readOnly()).isFalse();
        assertThat(threads.source()).isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);
        ConfigValue password = of(broker.describe(configs()), "ssl.key.password");
        assertThat(password.value()).isNull();
        assertThat(password.synonyms()).extracting(ConfigValue.Candidate::value).containsOnlyNulls();
        assertThat(of(broker.describe(configs()), "log.dirs").readOnly()).isTrue();
        assertThat(broker.longValue("num.io.threads", configs())).isEqualTo(6);
        set(Type.BROKER, "", "log.cleaner.threads", "2");
        assertThat(BrokerConfigs.describeDefault(configs()))
                .extracting(ConfigValue::name)
                .containsExactly("log.cleaner.threads");
    }

    @Test
    void readOnlyKeysCannotBeChangedWhileRunning() {
        assertThatThrownBy(() -> BrokerConfigs.validateDynamic(Map.of("log.dirs", "/x"), true))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Cannot update these configs dynamically: [log.dirs]");
    }

    @Test
    void groupsTakeTheirDefaultsFromTheNodeAndStayWithinItsBounds() {
        GroupConfigs groups = new GroupConfigs(node("group.consumer.session.timeout.ms", "50000"));
        assertThat(groups.intValue("consumer.session.timeout.ms", "g", configs()))
                .isEqualTo(50_000);
        set(Type.GROUP, "g", "consumer.session.timeout.ms", "46000");
        assertThat(groups.intValue("consumer.session.timeout.ms", "g", configs()))
                .isEqualTo(46_000);
        assertThat(of(groups.describe("g", configs()), "consumer.session.timeout.ms")
                        .source())
                .isEqualTo(ConfigSource.GROUP_CONFIG);
        assertThatThrownBy(() -> groups.validate(Map.of("consumer.session.timeout.ms", "1")))
                .hasMessage(
                        "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms");
        assertThatThrownBy(() -> groups.validate(Map.of("x", "1"))).hasMessage("Unknown group config name: x");
        groups.validate(
                Map.of("share.auto.offset.reset", "by_duration:PT1H", "consumer.heartbeat.interval.ms", "6000"));
    }
}
