package io.milena.wire;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Initializes classes beside the start of a process, so that they are there when the first client comes. */
final class WirePreload {

    private static final Logger LOG = LoggerFactory.getLogger(WirePreload.class);

    private WirePreload() {}

    static void begin() {
        start("milena-preload-messages", WirePreload::messages);
        start("milena-preload-network", WirePreload::network);
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void messages() {
        // Named here and not in a constant of this class, whose initializer runs on the thread that is not to wait.
        List<ApiKeys> firstAsked = List.of(
                ApiKeys.API_VERSIONS, ApiKeys.METADATA, ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.INIT_PRODUCER_ID);
        for (ApiKeys api : firstAsked) {
            api.messageType.newRequest();
            api.messageType.newResponse();
        }
        initialize(RequestExchange.class, RequestReader.class, ResponseWriter.class, FileAwareWriter.class);
    }

    private static void network() {
        WireDefaults.apply();
        if (Epoll.isAvailable()) {
            initialize(EpollSocketChannel.class);
        }
        WireDefaults.preload();
        initialize(ServerConnection.class, FrameDecoder.class, ListenerBinding.class, RequestLane.class);
    }

    private static void initialize(Class<?>... classes) {
        for (Class<?> type : classes) {
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                LOG.debug("{} cannot be loaded ahead", type, e); // it will be told where it is needed
            }
        }
    }
}
