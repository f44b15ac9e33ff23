package io.milena.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** A key with a certificate that it signed itself, for 127.0.0.1 and localhost: as key store, as trust store, and as PEM. */
final class TlsKeys {
    static final String PASSWORD = "changeit";
    private static final String ALIAS = "key";

    private final Path keyStore;
    private final KeyStore content;

    private TlsKeys(Path keyStore, KeyStore content) {
        this.keyStore = keyStore;
        this.content = content;
    }

    /** @param name the common name, and the name of the files */
    static TlsKeys make(Path directory, String name) throws Exception {
        Path file = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool: " + said);
        }
        KeyStore content = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            content.load(in, PASSWORD.toCharArray());
        }
        return new TlsKeys(file, content);
    }

    /** PKCS12, with {@link #PASSWORD}. */
    Path keyStore() {
        return keyStore;
    }

    /** JKS with the certificate alone, with {@link #PASSWORD}. */
    Path trustStore() throws GeneralSecurityException, IOException {
        Path file = keyStore.resolveSibling(keyStore.getFileName() + ".trust.jks");
        KeyStore trust = KeyStore.getInstance("JKS");
        trust.load(null, null);
        trust.setCertificateEntry(ALIAS, content.getCertificate(ALIAS));
        try (OutputStream out = Files.newOutputStream(file)) {
            trust.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    String certificatePem() throws GeneralSecurityException {
        return pem("CERTIFICATE", content.getCertificate(ALIAS).getEncoded());
    }

    String keyPem() throws GeneralSecurityException {
        return pem("PRIVATE KEY", content.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    }

    private static String pem(String what, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }
}
