package io.milena.embedded;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The directions in which the platform's rooms may know each other, and what their hearts may not touch (docs/architecture.md). */
@AnalyzeClasses(packages = "io.milena", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {
    private static final String[] ENGINE = {
        "kafka..",
        "org.apache.kafka.server..",
        "org.apache.kafka.storage..",
        "org.apache.kafka.metadata..",
        "org.apache.kafka.controller..",
        "org.apache.kafka.image..",
        "org.apache.kafka.raft..",
        "org.apache.kafka.snapshot..",
        "org.apache.kafka.coordinator..",
        "org.apache.kafka.tools.."
    };

    private static final String[] INSIDE = {
        "org.apache.kafka..",
        "io.netty..",
        "org.pcollections..",
        "io.milena.broker..",
        "io.milena.controller..",
        "io.milena.coordinator..",
        "io.milena.raft..",
        "io.milena.metadata..",
        "io.milena.log..",
        "io.milena.wire.."
    };

    /** Interfaces that operators implement; kafka-clients has them. */
    private static final String PLUG_INS = "org.apache.kafka.server.policy..";

    @ArchTest
    static final ArchRule recordsKnowNobody = knowsOnly("io.milena.records..");

    @ArchTest
    static final ArchRule wireKnowsNobody = knowsOnly("io.milena.wire..");

    @ArchTest
    static final ArchRule logKnowsRecords = knowsOnly("io.milena.log..", "io.milena.records..");

    @ArchTest
    static final ArchRule metadataKnowsRecords = knowsOnly("io.milena.metadata..", "io.milena.records..");

    @ArchTest
    static final ArchRule raftKnowsLogAndWire =
            knowsOnly("io.milena.raft..", "io.milena.records..", "io.milena.log..", "io.milena.wire..");

    @ArchTest
    static final ArchRule controllerKnowsNoLogAndNoBroker = knowsOnly(
            "io.milena.controller..",
            "io.milena.records..",
            "io.milena.metadata..",
            "io.milena.raft..",
            "io.milena.wire..");

    @ArchTest
    static final ArchRule coordinatorKnowsNoLogAndNoBroker =
            knowsOnly("io.milena.coordinator..", "io.milena.records..", "io.milena.metadata..", "io.milena.wire..");

    @ArchTest
    static final ArchRule coordinatorRuntimeKnowsNoRules =
            knowsOnly("io.milena.coordinator.runtime..", "io.milena.records..", "io.milena.metadata..");

    @ArchTest
    static final ArchRule brokerMeetsControllerInItsWiringAlone = noClasses()
            .that()
            .resideInAPackage("io.milena.broker..")
            .and()
            .resideOutsideOfPackage("io.milena.broker.node..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.milena.controller..");

    /** In the published jar those classes have other names (ADR 90). */
    @ArchTest
    static final ArchRule embeddedShowsOnlyItselfAndTheJdk = noMethods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat(resideInAPackage("io.milena.embedded").and(modifier(JavaModifier.PUBLIC)))
            .should()
            .haveRawReturnType(resideInAnyPackage(INSIDE))
            .orShould()
            .haveRawParameterTypes(describe(
                    "of other packages",
                    types -> types.stream()
                            .anyMatch(type -> resideInAnyPackage(INSIDE).test(type))));

    @ArchTest
    static final ArchRule springStaysAtTheDoorstep = noClasses()
            .that()
            .resideOutsideOfPackage("io.milena.broker.app..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.micrometer..");

    @ArchTest
    static final ArchRule heartsArePure = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.milena.raft.core..",
                    "io.milena.controller.core..",
                    "io.milena.coordinator.group.core..",
                    "io.milena.broker.replication.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.netty..",
                    "java.io..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.net..",
                    "io.milena.wire..",
                    "io.milena.log..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule theEngineIsOurs =
            noClasses().should().dependOnClassesThat(resideInAnyPackage(ENGINE).and(resideOutsideOfPackage(PLUG_INS)));

    @ArchTest
    static final ArchRule namesSayAnIdea = noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper");

    /** A room and those below it; anything that is not ours is another rule's business. */
    private static ArchRule knowsOnly(String room, String... below) {
        String[] allowed = java.util.Arrays.copyOf(below, below.length + 1);
        allowed[below.length] = room;
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("io.milena..").or(resideInAnyPackage(allowed)));
    }
}
