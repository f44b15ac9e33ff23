package io.milena.inventory.ledger;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.milena.inventory.ledger", importOptions = ImportOption.DoNotIncludeTests.class)
class LedgerPurityTest {

    @ArchTest
    static final ArchRule THE_ARITHMETIC_KNOWS_NO_FRAMEWORK = classes()
            .that()
            .resideInAPackage("io.milena.inventory.ledger")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.milena.inventory.ledger", "java.lang..", "java.util", "org.jspecify.annotations");
}
