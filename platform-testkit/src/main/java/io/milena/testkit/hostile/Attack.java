package io.milena.testkit.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
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
            byte[] begun = ByteBuffer.allocate(9 << 20).putInt(90 << 20).array();
            Crowd.hold(target, 20, begun);
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
                Crowd.hold(target, 10, many.array());
            }
        }
    },
    CONNECTIONS {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            Crowd.hold(target, 1_000, new byte[] {0, 0, 1});
        }
    },
    MANY_UNFINISHED_FRAMES {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            byte[] begun = ByteBuffer.allocate(500_000).putInt(600_000).array();
            Crowd.hold(target, 700, begun);
        }
    },
    HUGE_FRAMES {
        @Override
        void strike(InetSocketAddress target, Random random) throws IOException {
            byte[] frame = List.<IntFunction<byte[]>>of(HugeFrames::produce, HugeFrames::fetch)
                    .get(random.nextInt(2))
                    .apply(List.of(100_000, 1_000_000, 3_000_000).get(random.nextInt(3)));
            Crowd.hold(target, 3, frame);
        }
    };

    private static final int LISTEN_MS = 1_000;
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

    private static Socket connect(InetSocketAddress target) throws IOException {
        Socket socket = new Socket();
        socket.connect(target, CONNECT_MS);
        socket.setSoTimeout(LISTEN_MS);
        return socket;
    }
}
