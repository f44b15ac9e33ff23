package parcels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
class ParcelApplicationTest {
    @Test void aSentParcelArrivesOnce(@Autowired ParcelApplication.PostOffice office, @Autowired ParcelApplication.Letterbox letterbox) {
        office.send("parcel 1", "Ana");
        await().untilAsserted(() -> assertThat(letterbox.arrived).containsExactly("parcel 1 for Ana"));
    }
}
