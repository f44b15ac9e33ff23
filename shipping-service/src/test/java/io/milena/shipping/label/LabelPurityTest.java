package io.milena.shipping.label;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.milena.shipping", importOptions = ImportOption.DoNotIncludeTests.class)
class LabelPurityTest {

    private static final String[] PURE = {"io.milena.shipping.label", "java..", "org.jspecify.annotations"};

    @ArchTest
    static final ArchRule LABELS_KNOW_NO_FRAMEWORK = classes()
            .that()
            .resideInAPackage("io.milena.shipping.label")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(PURE);

    @ArchTest
    static final ArchRule MOVES_KNOW_NO_FRAMEWORK = classes()
            .that()
            .haveSimpleName("Shipment")
            .or()
            .haveSimpleName("ShipmentState")
            .or()
            .haveSimpleName("IllegalMoveException")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.milena.shipping..", "java..", "org.jspecify.annotations");
}
