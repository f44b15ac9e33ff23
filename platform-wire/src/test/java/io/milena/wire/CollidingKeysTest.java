package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CollidingKeysTest {

    private final RequestMemory memory = new RequestMemory(1 << 30);

    @Test
    void twoThousandTopicsOfOneNameAreRefusedAtOnce() {
        for (short version = ApiKeys.PRODUCE.oldestVersion(); version <= ApiKeys.PRODUCE.latestVersion(); version++) {
            // given
            TopicProduceDataCollection topics = new TopicProduceDataCollection(2_001);
            for (int i = 0; i < 2_000; i++) {
                topics.add(new TopicProduceData()
                        .setName(version < 13 ? "same" : "")
                        .setTopicId(version < 13 ? Uuid.ZERO_UUID : new Uuid(7, 7)));
            }
            ProduceRequestData request = new ProduceRequestData().setTopicData(topics);
            short asked = version;

            // when, then
            assertThatThrownBy(() -> read(ApiKeys.PRODUCE, asked, request))
                    .hasMessageContaining("2000 of 2000 elements");
        }
        assertThat(memory.taken()).isZero();
    }

    @Test
    void tenThousandTopicsOfDifferentNamesAreRead() {
        // given
        CreatableTopicCollection topics = new CreatableTopicCollection(10_001);
        for (int i = 0; i < 10_000; i++) {
            topics.add(new CreatableTopic().setName("orders-" + i).setNumPartitions(1));
        }
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTopics(topics);

        // when
        ApiMessage read = read(ApiKeys.CREATE_TOPICS, (short) 7, request);

        // then
        assertThat(read).isEqualTo(request);
    }

    @Test
    void theLongestRunIsWhatLinearProbingMakes() {
        assertThat(CollidingKeys.longestRun(new int[] {5})).isEqualTo(1);
        assertThat(CollidingKeys.longestRun(new int[] {5, 7, 9})).isEqualTo(1);
        assertThat(CollidingKeys.longestRun(new int[] {7, 5, 5, 6, 20})).isEqualTo(4);
    }

    private ApiMessage read(ApiKeys api, short version, ApiMessage request) {
        ByteBuffer body = RawClient.serialize(request, version);
        return RequestParser.readBody(api, version, RequestReader.elsewhere(body, memory));
    }
}
