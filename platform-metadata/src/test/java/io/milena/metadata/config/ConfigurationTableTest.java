package io.milena.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationTableTest {
    @Test
    void thePageInDocsIsWhatTheCodeSays() throws Exception {
        Path page = Path.of("..", "docs", "configuration.md");
        if (Boolean.getBoolean("write.docs")) {
            ConfigurationTable.main(new String[] {page.toString()});
        }
        assertThat(Files.readString(page, StandardCharsets.UTF_8))
                .as("run: mvn -pl platform-metadata -am test -Dtest=ConfigurationTableTest -Dwrite.docs=true"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(ConfigurationTable.markdown());
    }

    @Test
    void onlyKnownKeysAreSaidToWork() {
        assertThat(Works.unknown()).isEmpty();
    }
}
