package io.milena.starter.broker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses a broker tells its clients, by one Metadata request (version 1, which every broker since 0.10 speaks) that names no
 * topics. Kafka's clients know these addresses too, but have no way to tell them.
 */
final class AdvertisedAddresses {

    private static final int METADATA = 3;
    private static final int VERSION = 1;
    private static final int LARGEST_RESPONSE = 1 << 20;
    private static final int MOST_BROKERS = 10_000;

    private AdvertisedAddresses() {}

    /** {@code host:port} of every broker alive. */
    static List<String> ask(Socket socket) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        DataOutputStream request = new DataOutputStream(frame);
        request.writeShort(METADATA);
        request.writeShort(VERSION);
        request.writeInt(1); // correlation id
        request.writeShort(-1); // no client id
        request.writeInt(0); // no topics
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(frame.size());
        out.write(frame.toByteArray());
        out.flush();
        return read(new DataInputStream(socket.getInputStream()));
    }

    private static List<String> read(DataInputStream in) throws IOException {
        int size = in.readInt();
        if (size < 8 || size > LARGEST_RESPONSE) {
            throw new IOException("no Kafka response");
        }
        DataInputStream response = new DataInputStream(new ByteArrayInputStream(in.readNBytes(size)));
        response.readInt(); // correlation id
        int brokers = response.readInt();
        if (brokers < 0 || brokers > MOST_BROKERS) {
            throw new IOException("no Kafka response");
        }
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < brokers; i++) {
            response.readInt(); // node id
            String host = text(response);
            addresses.add(host + ":" + response.readInt());
            text(response); // rack
        }
        return addresses;
    }

    private static String text(DataInputStream in) throws IOException {
        short length = in.readShort();
        return length < 0 ? "" : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
