package io.milena.starter.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts a server in a directory of its own. A shell starts it and waits for the end of its own standard input, which comes when this
 * JVM ends, also by kill -9, or for a signal to them both; then it stops the server and deletes the directory.
 */
final class PostgresProcess {

    static final String USER = "milena";

    private static final int ATTEMPTS = 3;
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    /** PostgreSQL refuses to run as root; Debian's package brings this user along. */
    private static final String UNPRIVILEGED = "postgres";

    /** Arguments: directory, programs, port. pg_ctl stops the server by the process id in its directory. */
    private static final String SCRIPT = """
            trap : HUP INT TERM
            options="-p $3 -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 \
                -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            if "$2/initdb" -D "$1/data" -U milena --auth=trust -E UTF8 --locale=C --no-sync >"$1/log" 2>&1 \
                && "$2/pg_ctl" -D "$1/data" -l "$1/log" -w -t 60 -o "$options" start >/dev/null 2>&1
            then echo ready; read -r until_the_jvm_ends
            else cat "$1/log"
            fi
            "$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
            rm -rf "$1"
            """;

    private final Process shell; // kept, as its standard input would be closed with the garbage
    private final int port;

    private PostgresProcess(Process shell, int port) {
        this.shell = shell;
        this.port = port;
    }

    boolean isRunning() {
        return shell.isAlive();
    }

    int port() {
        return port;
    }

    /** The directory of programs of the newest version there is. */
    static Optional<Path> binaries() {
        if (!Files.isDirectory(DEBIAN)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.comparing(
                            bin -> Integer.valueOf(bin.getParent().getFileName().toString())));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + DEBIAN, e);
        }
    }

    /** Accepts connections of {@link #USER} without a password when it returns. */
    static PostgresProcess start() {
        Path programs = binaries().orElseThrow();
        IllegalStateException failure = new IllegalStateException("PostgreSQL did not start");
        // More than once, as the port may be taken between our look and the server's bind.
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return start(programs, freePort());
            } catch (IOException | IllegalStateException e) {
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    private static PostgresProcess start(Path programs, int port) throws IOException {
        Path directory = Files.createTempDirectory("milena-postgres");
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(UNPRIVILEGED));
            command.addAll(List.of("setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED, "--clear-groups"));
        }
        command.addAll(List.of(
                "sh", "-c", SCRIPT, "postgres-for-tests", directory.toString(), programs.toString(), "" + port));
        Process shell = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = shell.inputReader()) {
            String firstLine = output.readLine();
            if (!"ready".equals(firstLine)) {
                throw new IllegalStateException(firstLine + output.lines().collect(Collectors.joining("\n", "\n", "")));
            }
            return new PostgresProcess(shell, port);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
