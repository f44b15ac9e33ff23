package parcels;

import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@SpringBootApplication
public class ParcelApplication {
    public static void main(String[] args) { SpringApplication.run(ParcelApplication.class, args); }

    @EventType("parcel.sent.v1")
    record ParcelSent(String parcel, String to) {}

    @Bean EventTypes eventTypes() { return EventTypes.of(ParcelSent.class); }

    @Bean NewTopic parcels() { return new NewTopic("parcels", 3, (short) -1); }

    @Component
    static class PostOffice {
        private final Outbox outbox;

        PostOffice(Outbox outbox) { this.outbox = outbox; }

        @Transactional
        void send(String parcel, String to) { outbox.append("parcels", parcel, new ParcelSent(parcel, to)); }
    }

    @Component
    @MilenaListener(id = "letterbox", groupId = "letterbox", topics = "parcels")
    static class Letterbox {
        final List<String> arrived = new CopyOnWriteArrayList<>();

        @KafkaHandler void on(ParcelSent event) { arrived.add(event.parcel() + " for " + event.to()); }
    }
}
