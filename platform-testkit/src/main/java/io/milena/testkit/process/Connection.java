package io.milena.testkit.process;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection on a link: two channels and the bytes on their way in each direction. Network thread only. It is made to the target only
 * when neither direction is cut, as a handshake needs both.
 */
final class Connection implements Network.Ready {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Link link;
    private final SocketChannel from;
    private final Stream forth = new Stream();
    private final Stream back = new Stream();
    private final SelectionKey fromKey;
    private @Nullable SocketChannel to;
    private @Nullable SelectionKey toKey;
    private boolean established;

    /** One direction. */
    private static final class Stream {
        private final ByteBuffer buffer =
                ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
        private boolean ended;
        private boolean endPassedOn;

        /** Moves what can be moved now. */
        void move(SocketChannel in, SocketChannel out) throws IOException {
            while (true) {
                if (!buffer.hasRemaining() && !ended) {
                    buffer.clear();
                    int count = in.read(buffer);
                    buffer.flip();
                    ended = count < 0;
                }
                if (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                if (buffer.hasRemaining() || ended || buffer.limit() == 0) {
                    break;
                }
            }
            if (ended && !buffer.hasRemaining() && !endPassedOn) {
                endPassedOn = true;
                out.shutdownOutput();
            }
        }

        int readInterest(boolean cut) {
            return cut || ended || buffer.hasRemaining() ? 0 : SelectionKey.OP_READ;
        }

        int writeInterest(boolean cut) {
            return !cut && buffer.hasRemaining() ? SelectionKey.OP_WRITE : 0;
        }
    }

    Connection(Link link, SocketChannel from) throws IOException {
        this.link = link;
        this.from = from;
        from.setOption(StandardSocketOptions.TCP_NODELAY, true);
        fromKey = from.register(link.network().selector(), 0, this);
    }

    private void connect() throws IOException {
        SocketChannel channel = SocketChannel.open();
        to = channel;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        established = channel.connect(link.target());
        toKey = channel.register(link.network().selector(), 0, this);
    }

    void updateInterests() {
        try {
            boolean forthCut = link.forthIsCut();
            boolean backCut = link.backIsCut();
            if (to == null && !forthCut && !backCut) {
                connect();
            }
            SelectionKey target = toKey;
            if (target == null) {
                return;
            }
            if (!established) {
                target.interestOps(SelectionKey.OP_CONNECT);
                return;
            }
            fromKey.interestOps(forth.readInterest(forthCut) | back.writeInterest(backCut));
            target.interestOps(back.readInterest(backCut) | forth.writeInterest(forthCut));
        } catch (IOException e) {
            reset();
        }
    }

    @Override
    public void ready() {
        SocketChannel target = to;
        if (target == null) {
            return;
        }
        try {
            if (!established) {
                if (!target.finishConnect()) {
                    return;
                }
                established = true;
            }
            if (!link.forthIsCut()) {
                forth.move(from, target);
            }
            if (!link.backIsCut()) {
                back.move(target, from);
            }
            if (forth.endPassedOn && back.endPassedOn) {
                close();
            } else {
                updateInterests();
            }
        } catch (IOException broken) {
            reset();
        }
    }

    /** After a cut: a connection that one side has closed meanwhile ends for the other too, and what it had sent is lost. */
    void healed() {
        try {
            if (gaveUp(from, forth) || (to != null && established && gaveUp(to, back))) {
                reset();
            }
        } catch (IOException broken) {
            reset();
        }
    }

    /** Whether a sender has closed; takes in what fits the buffer on the way to its end. */
    private static boolean gaveUp(SocketChannel sender, Stream stream) throws IOException {
        if (stream.ended) {
            return true;
        }
        ByteBuffer buffer = stream.buffer;
        buffer.compact();
        int count = 0;
        while (buffer.hasRemaining()) {
            count = sender.read(buffer);
            if (count <= 0) {
                break;
            }
        }
        buffer.flip();
        return count < 0;
    }

    /** Both sides see a reset. */
    void reset() {
        lingerNot(from);
        if (to != null) {
            lingerNot(to);
        }
        close();
    }

    private static void lingerNot(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException alreadyClosed) {
            // Then there is nobody to tell.
        }
    }

    private void close() {
        try {
            from.close();
            if (to != null) {
                to.close();
            }
        } catch (IOException e) {
            // A close that fails leaves nothing to do.
        }
        link.ended(this);
    }
}
