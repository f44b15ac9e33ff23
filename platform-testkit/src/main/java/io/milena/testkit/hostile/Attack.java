package io.milena.testkit.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;

/** What a hostile client does to one listener, each in a few seconds at most. */
enum Attack {
    ODD_VALUES {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            OddMessages odd = new OddMessages(random);
            for (int i = 0; i < 40; i++) {
                ApiKeys api = anyApi(random);
                byte[] frame = odd.odd(api, anyVersion(api, random));
                if (frame != null) {
                    sendAndListen(target, frame);
                }
            }
        }
    },
    CROWDED_ARRAYS {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            OddMessages odd = new OddMessages(random);
            ApiKeys api = anyApi(random);
            int elements = List.of(100, 5_000, 100_000, 1_000_000).get(random.nextInt(4));
            byte[] frame = odd.crowded(api, anyVersion(api, random), elements);
            if (frame != null) {
                sendAndListen(target, frame);
            }
        }
    },
    ABSURD_LENGTHS {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            for (int i = 0; i < 40; i++) {
                ApiKeys api = anyApi(random);
                ByteBuffer frame = ByteBuffer.allocate(4 + 14 + 1_000);
                frame.putInt(frame.capacity() - 4).putShort(api.id).putShort(anyVersion(api, random));
                frame.putInt(1).putShort((short) -1);
                while (frame.remaining() >= 4) {
                    frame.putInt(random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(1 << 24));
                }
                sendAndListen(target, frame.array());
            }
        }
    },
    UNFINISHED_FRAMES {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            byte[] begun = ByteBuffer.allocate(4 << 20).putInt(90 << 20).array();
            hold(target, 20, begun);
        }
    },
    SLOW_READERS {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            byte[] metadata = OddMessages.frame(ApiKeys.METADATA, (short) 9, ApiKeys.METADATA.messageType.newRequest());
            if (metadata != null) {
                ByteBuffer many = ByteBuffer.allocate(metadata.length * 5_000);
                while (many.hasRemaining()) {
                    many.put(metadata);
                }
                hold(target, 10, many.array());
            }
        }
    },
    CONNECTIONS {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            hold(target, 300, new byte[] {0, 0, 1});
        }
    };

    private static final int LISTEN_MS = 1_000;
    private static final int HOLD_MS = 1_500;
    private static final int CONNECT_MS = 2_000;

    abstract void strike(InetSocketAddress target, Random random) throws IOException;

    private static ApiKeys anyApi(Random random) {
        List<ApiKeys> all = new ArrayList<>(List.of(ApiKeys.values()));
        all.removeIf(api -> !api.hasValidVersion());
        return all.get(random.nextInt(all.size()));
    }

    private static short anyVersion(ApiKeys api, Random random) {
        int oldest = api.oldestVersion();
        return (short) (oldest + random.nextInt(api.latestVersion(true) - oldest + 1));
    }

    /** Sends a request and reads what comes, for a moment. */
    private static void sendAndListen(InetSocketAddress target, byte[] frame) throws IOException {
        try (Socket socket = connect(target)) {
            socket.getOutputStream().write(frame);
            socket.getInputStream().read(new byte[4]);
        } catch (java.net.SocketException | java.net.SocketTimeoutException closedOrSilent) {
            // Both are answers to such a request.
        }
    }

    /** Opens many connections, sends the same on each, as far as it is taken, and holds them open. */
    private static void hold(InetSocketAddress target, int connections, byte[] bytes) throws IOException {
        List<Socket> open = new ArrayList<>();
        List<Thread> senders = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                Socket socket = connect(target);
                open.add(socket);
                if (bytes.length < 1_000) {
                    socket.getOutputStream().write(bytes);
                } else {
                    senders.add(sender(socket, bytes));
                }
            }
            Thread.sleep(HOLD_MS);
        } catch (java.net.SocketException | java.net.SocketTimeoutException refused) {
            // So much the better.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
            for (Thread sender : senders) {
                join(sender);
            }
        }
    }

    private static Thread sender(Socket socket, byte[] bytes) {
        Thread sender = new Thread(
                () -> {
                    try {
                        socket.getOutputStream().write(bytes);
                    } catch (IOException closed) {
                        // By the node, or by us when the time is up.
                    }
                },
                "hostile-sender");
        sender.setDaemon(true);
        sender.start();
        return sender;
    }

    private static void join(Thread thread) {
        try {
            thread.join(CONNECT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Socket connect(InetSocketAddress target) throws IOException {
        Socket socket = new Socket();
        socket.connect(target, CONNECT_MS);
        socket.setSoTimeout(LISTEN_MS);
        return socket;
    }
}
