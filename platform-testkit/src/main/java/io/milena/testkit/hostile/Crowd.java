package io.milena.testkit.hostile;

import io.milena.testkit.process.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/** Many connections that send the same, as far as it is taken, read nothing, and stay open for a while. */
final class Crowd implements AutoCloseable {
    private static final int CONNECT_MS = 2_000;
    private static final long HOLD_MS = 1_500;
    private static final long STALLED_MS = 500;
    private static final long SEND_AT_MOST_NS = TimeUnit.SECONDS.toNanos(8);

    private final Selector selector = Selector.open();
    private int sending;

    private Crowd() throws IOException {}

    /** Sends until all is sent or no more is taken, and holds the connections open for a moment longer. */
    static void hold(InetSocketAddress target, int connections, byte[] bytes) throws IOException {
        try (Crowd crowd = new Crowd()) {
            try {
                for (int i = 0; i < connections; i++) {
                    crowd.connect(target, bytes);
                }
            } catch (IOException refused) {
                // So much the better; those that are connected go on.
            }
            crowd.send();
            Await.pause(HOLD_MS);
        }
    }

    private void connect(InetSocketAddress target, byte[] bytes) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(target, CONNECT_MS);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_WRITE, ByteBuffer.wrap(bytes));
            sending++;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void send() throws IOException {
        long beganNs = System.nanoTime();
        while (sending > 0 && System.nanoTime() - beganNs < SEND_AT_MOST_NS && selector.select(STALLED_MS) > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                if (!wantsMore(key)) {
                    key.interestOps(0);
                    sending--;
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private static boolean wantsMore(SelectionKey key) {
        ByteBuffer left = (ByteBuffer) key.attachment();
        try {
            ((SocketChannel) key.channel()).write(left);
            return left.hasRemaining();
        } catch (IOException closedByTheNode) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
