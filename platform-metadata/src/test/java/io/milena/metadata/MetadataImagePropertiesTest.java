package io.milena.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.MetadataRecordSerde;
import io.milena.records.VersionedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.image.writer.ImageWriterOptions;
import org.apache.kafka.image.writer.RecordListWriter;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/** Random logs, replayed in one go, in pieces, from a snapshot, and by Apache Kafka. */
class MetadataImagePropertiesTest {
    private static final MetadataProvenance END = new MetadataProvenance(1000, 3, 5);

    @Property(tries = 150)
    void anImageFromItsSnapshotEqualsTheImageFromReplay(@ForAll long seed) {
        List<VersionedRecord> log = RecordStream.of(seed, version(seed), 200);
        MetadataImage replayed = replay(MetadataImage.EMPTY, log);
        MetadataImage fromSnapshot = replay(MetadataImage.EMPTY, throughBytes(snapshot(replayed)));
        assertThat(fromSnapshot).isEqualTo(replayed);
    }

    @Property(tries = 100)
    void replayingInPiecesGivesTheSameImage(@ForAll long seed) {
        List<VersionedRecord> log = RecordStream.of(seed, version(seed), 200);
        Random random = new Random(seed);
        MetadataImage image = MetadataImage.EMPTY;
        for (int from = 0; from < log.size(); ) {
            int to = Math.min(log.size(), from + 1 + random.nextInt(20));
            image = replay(image, log.subList(from, to));
            from = to;
        }
        assertThat(image).isEqualTo(replay(MetadataImage.EMPTY, log));
    }

    @Property(tries = 100)
    void aSnapshotLoadedOverAnotherImageReplacesIt(@ForAll long seed) {
        MetadataVersion version = version(seed);
        MetadataImage old = replay(MetadataImage.EMPTY, RecordStream.of(seed + 1, version, 100));
        MetadataImage wanted = replay(MetadataImage.EMPTY, RecordStream.of(seed, version, 150));
        MetadataDelta delta = new MetadataDelta(old);
        snapshot(wanted).forEach(delta::replay);
        delta.finishSnapshot();
        assertThat(delta.apply(END)).isEqualTo(wanted);
    }

    @Property(tries = 75)
    void apacheKafkaComesToTheSameSnapshot(@ForAll long seed) {
        List<VersionedRecord> log = RecordStream.of(seed, version(seed), 200);
        MetadataImage ours = replay(MetadataImage.EMPTY, log);
        // One delta per record: within one delta Kafka keeps the configuration of a topic that is removed again.
        var theirs = org.apache.kafka.image.MetadataImage.EMPTY;
        for (VersionedRecord record : log) {
            var delta = new org.apache.kafka.image.MetadataDelta.Builder()
                    .setImage(theirs)
                    .build();
            delta.replay(toKafka(record).message());
            theirs = delta.apply(new org.apache.kafka.image.MetadataProvenance(1000, 3, 5, true));
        }
        RecordListWriter writer = new RecordListWriter();
        theirs.write(writer, new ImageWriterOptions.Builder(theirs).build());

        List<String> expected = sorted(writer.records());
        List<String> actual = sorted(snapshot(ours).stream()
                .map(MetadataImagePropertiesTest::toKafka)
                .toList());
        assertThat(without(actual, expected)).as("only ours").isEmpty();
        assertThat(without(expected, actual)).as("only Apache Kafka's").isEmpty();
        assertThat(actual).hasSameSizeAs(expected);
    }

    private static MetadataVersion version(long seed) {
        MetadataVersion[] versions = MetadataVersion.values();
        return versions[(int) Math.floorMod(seed, (long) versions.length)];
    }

    private static MetadataImage replay(MetadataImage base, List<VersionedRecord> records) {
        MetadataDelta delta = new MetadataDelta(base);
        records.forEach(delta::replay);
        return delta.apply(END);
    }

    private static List<VersionedRecord> snapshot(MetadataImage image) {
        List<VersionedRecord> records = new ArrayList<>();
        image.write(records::add);
        return records;
    }

    private static List<VersionedRecord> throughBytes(List<VersionedRecord> records) {
        return records.stream()
                .map(record -> MetadataRecordSerde.read(MetadataRecordSerde.write(record)))
                .toList();
    }

    /** Kafka's record of the same bytes. */
    private static ApiMessageAndVersion toKafka(VersionedRecord record) {
        ByteBuffer bytes = MetadataRecordSerde.write(record);
        return org.apache.kafka.metadata.MetadataRecordSerde.INSTANCE.read(
                new ByteBufferAccessor(bytes), bytes.remaining());
    }

    private static List<String> sorted(Collection<ApiMessageAndVersion> records) {
        return records.stream()
                .map(ApiMessageAndVersion::toString)
                .map(MetadataImagePropertiesTest::unordered)
                .sorted()
                .toList();
    }

    private static List<String> without(List<String> all, List<String> some) {
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(some);
        return rest;
    }

    /** Endpoints, features and quota entities are sets: their order says nothing. */
    private static String unordered(String record) {
        if (record.contains("ClientQuotaRecord(")) {
            char[] characters = record.toCharArray();
            java.util.Arrays.sort(characters);
            return "quota " + new String(characters).trim();
        }
        return record;
    }
}
