package io.milena.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client, two brokers that are plain sockets here, and the network between them. */
@Timeout(20)
class NetworkTest {
    private static final int SILENCE_MS = 150;

    @TempDir
    Path directory;

    private final Ports ports = new Ports();
    private final int port = ports.next();
    private final int clientPort = ports.next();
    private Network network;
    private ServerSocket clientListener;

    @BeforeEach
    void start() throws IOException {
        Engine engine = Engine.milena();
        network = new Network(
                directory,
                List.of(
                        new NodePlan(1, Role.BROKER, engine, port, clientPort, 0),
                        new NodePlan(2, Role.BROKER, engine, ports.next(), ports.next(), 0)));
        network.up(1);
        clientListener = new ServerSocket(clientPort, 10, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void stop() throws IOException {
        network.close();
        clientListener.close();
    }

    @Test
    void bytesPassBothWays() throws IOException {
        try (Socket client = connect();
                Socket server = clientListener.accept()) {
            send(client, 1);
            assertThat(receive(server)).isEqualTo(1);
            send(server, 2);
            assertThat(receive(client)).isEqualTo(2);
            client.close();
            assertThat(server.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aCutIsSilentAndWhatWaitedArrivesAfterIt() throws IOException {
        try (Socket client = connect();
                Socket server = clientListener.accept()) {
            network.cut(1);
            send(client, 1);
            send(server, 2);
            assertSilent(server);
            assertSilent(client);
            network.heal();
            assertThat(receive(server)).isEqualTo(1);
            assertThat(receive(client)).isEqualTo(2);
        }
    }

    @Test
    void oneDirectionCanBeCutAlone() throws IOException {
        try (Socket client = connect();
                Socket server = clientListener.accept()) {
            network.cutOutgoing(1);
            send(client, 1);
            assertThat(receive(server)).isEqualTo(1);
            send(server, 2);
            assertSilent(client);
            network.heal();
            assertThat(receive(client)).isEqualTo(2);
            network.cutIncoming(1);
            send(server, 3);
            assertThat(receive(client)).isEqualTo(3);
            send(client, 4);
            assertSilent(server);
        }
    }

    @Test
    void aNewConnectionNeedsBothDirections() throws IOException {
        network.cutOutgoing(1);
        clientListener.setSoTimeout(SILENCE_MS);
        try (Socket client = connect()) {
            send(client, 1);
            assertThatThrownBy(clientListener::accept).isInstanceOf(SocketTimeoutException.class);
            network.heal();
            try (Socket server = clientListener.accept()) {
                assertThat(receive(server)).isEqualTo(1);
            }
        }
    }

    @Test
    void whatAClientSentBeforeItGaveUpDuringACutIsLost() throws IOException {
        try (Socket client = connect();
                Socket server = clientListener.accept()) {
            network.cut(1);
            send(client, 1);
            client.close();
            assertSilent(server);
            network.heal();
            assertThatThrownBy(() -> receive(server)).isInstanceOfAny(SocketException.class, EOFException.class);
        }
    }

    @Test
    void aNodeThatIsDownRefusesAndAResetEndsConnections() throws IOException {
        try (Socket client = connect();
                Socket server = clientListener.accept()) {
            network.reset(1);
            assertThatThrownBy(() -> receive(client)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> receive(server)).isInstanceOf(SocketException.class);
        }
        network.down(1);
        assertThatThrownBy(this::connect).isInstanceOf(SocketException.class);
        network.up(1);
        connect().close();
    }

    @Test
    void everyNodeKnowsTheOthersByAddressesOfItsOwnLinks() throws IOException {
        assertThat(Files.readAllLines(network.hostsFile(2)))
                .contains("127.0.0.1 localhost", "127.1.2.1 node-1", "127.0.0.1 node-2");
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(Network.clientAddress(1), clientPort), 5_000);
        return socket;
    }

    private static void send(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
    }

    private static int receive(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        int value = socket.getInputStream().read();
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }
}
