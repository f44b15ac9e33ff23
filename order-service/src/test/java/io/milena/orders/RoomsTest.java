package io.milena.orders;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom in this service. */
class RoomsTest {

    private static JavaClasses ours;

    @BeforeAll
    static void read() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.milena.orders");
    }

    @Test
    void an_order_knows_no_framework() {
        classes()
                .that()
                .resideInAPackage("io.milena.orders.order..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.milena.orders.order..")
                .check(ours);
    }

    @Test
    void what_the_journey_says_knows_no_framework() {
        classes()
                .that()
                .resideInAPackage("io.milena.orders.journey.story..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.milena.orders.journey.story..")
                .check(ours);
    }

    @Test
    void what_decides_knows_nothing_of_http() {
        noClasses()
                .that()
                .resideInAnyPackage("io.milena.orders.desk..", "io.milena.orders.idempotency..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.web..", "org.springframework.http..", "jakarta.servlet..")
                .check(ours);
    }

    @Test
    void rooms_do_not_know_each_other_in_circles() {
        slices().matching("io.milena.orders.(*)..").should().beFreeOfCycles().check(ours);
    }
}
