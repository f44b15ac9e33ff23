package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.wire.ListenerProbe.Finding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.MetadataRequestData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenerProbeTest {
    private final WireEventLoops loops = WireEventLoops.create(1);
    private final ListenerProbe probe = new ListenerProbe(loops, 1_000);

    @AfterEach
    void close() {
        loops.close();
    }

    @Test
    void a_port_without_a_listener_refuses() throws Exception {
        assertThat(probe(closedPort())).isEqualTo(Finding.REFUSED);
    }

    @Test
    void a_listener_that_says_nothing_accepts() throws Exception {
        try (ServerSocket hung = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(probe(hung.getLocalPort())).isEqualTo(Finding.ACCEPTED);
        }
    }

    @Test
    void a_node_is_there_if_one_of_its_listeners_accepts_and_gone_only_if_all_refuse() throws Exception {
        try (ServerSocket there = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(probe(closedPort(), there.getLocalPort())).isEqualTo(Finding.ACCEPTED);
        }
        assertThat(probe(closedPort(), closedPort())).isEqualTo(Finding.REFUSED);
    }

    @Test
    void connections_that_break_once_are_dialled_again() throws Exception {
        try (ServerSocket flapping = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread closing = new Thread(() -> hangUp(flapping, 2));
            closing.start();
            assertThat(probe(flapping.getLocalPort())).isEqualTo(Finding.ACCEPTED);
            closing.join();
        }
    }

    /** On a busy node the reset arrives before the event loop sees that the connection stood. */
    @Test
    void connections_that_break_before_the_dial_is_seen_to_succeed_are_dialled_again() throws Exception {
        try (ServerSocket flapping = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread resetting = new Thread(() -> reset(flapping, 3));
            resetting.start();
            CompletableFuture<Finding> finding =
                    probe.probe(InetSocketAddress.createUnresolved("127.0.0.1", flapping.getLocalPort()));
            while (!finding.isDone()) {
                loops.group()
                        .next()
                        .submit(() -> {
                            Thread.sleep(20);
                            return null;
                        })
                        .await();
            }
            assertThat(finding).isCompletedWithValue(Finding.ACCEPTED);
            resetting.join();
        }
    }

    @Test
    void a_forwarder_with_nobody_behind_it_counts_as_refusal() throws Exception {
        try (ServerSocket forwarder = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread closing = new Thread(() -> hangUp(forwarder, 8));
            closing.start();
            assertThat(probe(forwarder.getLocalPort())).isEqualTo(Finding.REFUSED);
            closing.join();
        }
    }

    @Test
    void a_name_that_nobody_has_and_a_node_without_listeners_tell_nothing() throws Exception {
        assertThat(probe.probe(InetSocketAddress.createUnresolved("no-such-host.invalid", 1))
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo(Finding.UNKNOWN);
        assertThat(probe.probeAll(List.of()).get(10, TimeUnit.SECONDS)).isEqualTo(Finding.UNKNOWN);
    }

    @Test
    void a_request_to_nobody_fails_as_refused() throws Exception {
        int port = closedPort();
        try (NodeClient client = new NodeClient(
                loops, NodeClientConfig.of("test"), () -> InetSocketAddress.createUnresolved("127.0.0.1", port))) {
            assertThat(client.send(new MetadataRequestData()))
                    .failsWithin(5, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionRefusedException.class);
        }
    }

    private Finding probe(int... ports) throws Exception {
        List<InetSocketAddress> addresses = java.util.Arrays.stream(ports)
                .mapToObj(port -> InetSocketAddress.createUnresolved("127.0.0.1", port))
                .toList();
        return probe.probeAll(addresses).get(10, TimeUnit.SECONDS);
    }

    private static void hangUp(ServerSocket server, int times) {
        try {
            for (int i = 0; i < times; i++) {
                server.accept().close();
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static void reset(ServerSocket server, int times) {
        try {
            for (int i = 0; i < times; i++) {
                Socket accepted = server.accept();
                accepted.setSoLinger(true, 0);
                accepted.close();
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
