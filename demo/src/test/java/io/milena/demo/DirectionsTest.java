package io.milena.demo;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom in the order flow. */
class DirectionsTest {

    private static final String[] PLATFORM = {
        "io.milena.broker..",
        "io.milena.controller..",
        "io.milena.metadata..",
        "io.milena.raft..",
        "io.milena.log..",
        "io.milena.wire..",
        "io.milena.records..",
        "io.milena.embedded.."
    };

    private static JavaClasses ours;

    @BeforeAll
    static void read() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(
                        "io.milena.orders",
                        "io.milena.inventory",
                        "io.milena.shipping",
                        "io.milena.starter",
                        "io.milena.demo");
    }

    @Test
    void starter_and_services_do_not_know_the_platform() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.milena.demo..", "io.milena.starter.embedded..")
                .and()
                .doNotHaveSimpleName("MilenaEmbeddedAutoConfiguration")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PLATFORM)
                .check(ours);
    }

    @Test
    void the_starter_meets_the_platform_by_its_embedded_door_alone() {
        noClasses()
                .that()
                .resideInAPackage("io.milena.starter.embedded..")
                .or()
                .haveSimpleName("MilenaEmbeddedAutoConfiguration")
                .should()
                .dependOnClassesThat(resideInAnyPackage(PLATFORM).and(not(resideInAPackage("io.milena.embedded"))))
                .check(ours);
    }

    @Test
    void the_demo_meets_the_platform_in_one_class() {
        noClasses()
                .that()
                .resideInAPackage("io.milena.demo..")
                .and()
                .doNotHaveSimpleName("EmbeddedDemoBroker")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PLATFORM)
                .check(ours);
    }

    @Test
    void customers_know_services_and_broker_from_outside_only() {
        noClasses()
                .that()
                .resideInAPackage("io.milena.demo.load..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.milena.orders..", "io.milena.inventory..", "io.milena.shipping..", "io.milena.starter..")
                .check(ours);
        noClasses()
                .that()
                .resideInAPackage("io.milena.demo.load..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.milena.demo")
                .check(ours);
    }

    @Test
    void services_know_no_other_service() {
        noClasses()
                .that()
                .resideInAPackage("io.milena.orders..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.milena.inventory..", "io.milena.shipping..", "io.milena.demo..")
                .check(ours);
        noClasses()
                .that()
                .resideInAPackage("io.milena.inventory..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.milena.orders..", "io.milena.shipping..", "io.milena.demo..")
                .check(ours);
        noClasses()
                .that()
                .resideInAPackage("io.milena.shipping..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.milena.orders..", "io.milena.inventory..", "io.milena.demo..")
                .check(ours);
    }

    @Test
    void the_domain_is_free_of_frameworks() {
        for (String name : new String[] {
            "Order",
            "OrderState",
            "StockLevel",
            "ReservationDecision",
            "Reservation",
            "ReservationState",
            "Shipment",
            "ShipmentState"
        }) {
            classes()
                    .that()
                    .haveSimpleName(name)
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("java..", "org.jspecify..", "io.milena..")
                    .check(ours);
        }
    }

    @Test
    void only_autoconfiguration_assembles_the_starter() {
        noClasses()
                .that()
                .resideInAPackage("io.milena.starter..")
                .and()
                .resideOutsideOfPackage("io.milena.starter.autoconfigure..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.milena.starter.autoconfigure..")
                .check(ours);
    }
}
