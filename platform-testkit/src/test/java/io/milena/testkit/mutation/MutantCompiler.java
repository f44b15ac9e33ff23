package io.milena.testkit.mutation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles one changed source file against the classes that are there, to memory. */
final class MutantCompiler {
    private MutantCompiler() {}

    /** Class files by class name. */
    static Map<String, byte[]> compile(Mutant mutant) throws IOException {
        String source = Files.readString(Mutant.project().resolve(mutant.source()));
        return compile(mutant.name(), mutant.className(), mutant.mutated(source));
    }

    private static Map<String, byte[]> compile(String name, String className, String source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        StringWriter said = new StringWriter();
        try (JavaFileManager files = inMemory(compiler, classes)) {
            boolean compiled = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn", "-classpath", classPath()),
                            null,
                            List.of(new Source(className, source)))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("Mutant " + name + " does not compile:\n" + said);
            }
        }
        Map<String, byte[]> bytes = new HashMap<>();
        classes.forEach((each, stream) -> bytes.put(each, stream.toByteArray()));
        return bytes;
    }

    /** Surefire's own class path names a jar that names the real one. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static JavaFileManager inMemory(JavaCompiler compiler, Map<String, ByteArrayOutputStream> classes) {
        return new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return classes.computeIfAbsent(className, any -> new ByteArrayOutputStream());
                    }
                };
            }
        };
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("memory:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
