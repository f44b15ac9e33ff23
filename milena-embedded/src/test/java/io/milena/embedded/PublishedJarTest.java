package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The jar as applications get it: nothing in it can be taken for a library of theirs, and it runs with what its pom names. */
class PublishedJarTest {
    private static final Path JAR = Path.of(System.getProperty("milena.embedded.jar"));
    private static final Path POM = Path.of(System.getProperty("milena.embedded.pom"));

    /** What stays outside the jar. */
    private static final List<String> NAMED =
            List.of("slf4j-api", "zstd-jni", "lz4-java", "snappy-java", "jspecify", "logback");

    @Test
    void everyClassIsOursAndNoServiceOrResourceOfALibraryIsLeft() throws IOException {
        List<String> names = entries();
        assertThat(names)
                .filteredOn(name -> name.endsWith(".class"))
                .hasSizeGreaterThan(1_000)
                .allMatch(name -> name.startsWith("io/milena/"));
        assertThat(names)
                .filteredOn(name -> !name.startsWith("io/milena/"))
                .allMatch(
                        name -> name.matches(
                                "LICENSE|NOTICE|META-INF/(MANIFEST.MF|NOTICE|io.netty.versions.properties|native/libio_milena_shaded_netty.*)"));
        assertThat(names).noneMatch(name -> name.startsWith("io/milena/broker/app/"));
    }

    @Test
    void itsPomBringsNeitherKafkaNorNettyNorOurRooms() throws IOException {
        String pom = Files.readString(POM);
        String dependencies = pom.substring(pom.indexOf("<dependencies>"), pom.indexOf("</dependencies>"));
        List<String> brought = Pattern.compile(
                        "<artifactId>([^<]+)</artifactId>\\s*<version>[^<]+</version>\\s*<scope>(?:compile|runtime)</scope>")
                .matcher(dependencies)
                .results()
                .map(each -> each.group(1))
                .toList();
        assertThat(brought).containsExactlyInAnyOrder("slf4j-api", "zstd-jni", "lz4-java", "snappy-java", "jspecify");
    }

    @Test
    void aClientOfAnotherClassLoaderGetsItsRecordAcknowledgedCompressedByEachCodec() throws Exception {
        try (URLClassLoader alone = new URLClassLoader(withNamedLibraries(), ClassLoader.getPlatformClassLoader())) {
            Class<?> type = alone.loadClass("io.milena.embedded.EmbeddedNode");
            Object node = type.getMethod("start").invoke(null);
            Method address = type.getMethod("bootstrapServers");
            try {
                for (String codec : List.of("none", "gzip", "lz4", "snappy", "zstd")) {
                    acknowledge((String) address.invoke(node), codec);
                }
                assertThat(alone.loadClass("io.milena.shaded.io.netty.channel.epoll.Epoll")
                                .getMethod("isAvailable")
                                .invoke(null))
                        .as("epoll under its relocated name")
                        .isEqualTo(System.getProperty("os.name").equals("Linux"));
            } finally {
                ((AutoCloseable) node).close();
            }
        }
    }

    private static void acknowledge(String bootstrapServers, String codec) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "compression.type", codec),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("events", "a record")).get(20, TimeUnit.SECONDS);
        }
    }

    private static List<String> entries() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .toList();
        }
    }

    private static URL[] withNamedLibraries() throws IOException {
        List<URL> urls = new ArrayList<>(List.of(JAR.toUri().toURL()));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String element : Arrays.asList(classPath.split(File.pathSeparator))) {
            if (NAMED.stream()
                    .anyMatch(name -> Path.of(element).getFileName().toString().startsWith(name))) {
                urls.add(Path.of(element).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
