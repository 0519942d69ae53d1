package io.clarion.theano;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of the Theano engine, as {@code docs/explanation/architecture.md} draws them. */
@AnalyzeClasses(packages = "io.clarion.theano", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
    @ArchTest
    static final ArchRule dependenciesFollowTheArrows = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("engine").definedBy("io.clarion.theano")
            .layer("translate").definedBy("io.clarion.theano.translate..")
            .layer("worker").definedBy("io.clarion.theano.worker..")
            .layer("python").definedBy("io.clarion.theano.python..")
            .whereLayer("engine").mayNotBeAccessedByAnyLayer()
            .whereLayer("translate").mayOnlyAccessLayers("worker")
            .whereLayer("worker").mayNotAccessAnyLayer()
            .whereLayer("python").mayNotAccessAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule theWorkerKnowsNoGraphs = noClasses().that()
            .resideInAnyPackage("io.clarion.theano.worker", "io.clarion.theano.python")
            .should().dependOnClassesThat().resideInAPackage("io.clarion.graph..");

    @ArchTest
    static final ArchRule theTranslationKnowsNoEngine = noClasses().that()
            .resideInAPackage("io.clarion.theano.translate")
            .should().dependOnClassesThat().resideInAPackage("io.clarion.engine..");

    @ArchTest
    static final ArchRule theEngineKnowsGraphsAndNotWhoMakesThem = noClasses().should().dependOnClassesThat()
            .resideInAnyPackage(
                    "io.clarion", "io.clarion.grad..", "io.clarion.reference..", "io.clarion.model..",
                    "io.clarion.cli..");
}
