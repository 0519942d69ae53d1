package io.clarion.tensorflow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of the TensorFlow engine, as {@code docs/explanation/architecture.md} draws them. */
@AnalyzeClasses(packages = "io.clarion.tensorflow", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
    @ArchTest
    static final ArchRule dependenciesFollowTheArrows = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("engine").definedBy("io.clarion.tensorflow")
            .layer("translate").definedBy("io.clarion.tensorflow.translate..")
            .layer("runtime").definedBy("io.clarion.tensorflow.runtime..")
            .whereLayer("engine").mayNotBeAccessedByAnyLayer()
            .whereLayer("translate").mayOnlyAccessLayers("runtime")
            .whereLayer("runtime").mayNotAccessAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule onlyTheRuntimeCallsTensorFlow = noClasses().that()
            .resideOutsideOfPackage("io.clarion.tensorflow.runtime")
            .should().dependOnClassesThat().resideInAPackage("org.tensorflow..");

    @ArchTest
    static final ArchRule theRuntimeKnowsNoGraphs = noClasses().that().resideInAPackage("io.clarion.tensorflow.runtime")
            .should().dependOnClassesThat().resideInAPackage("io.clarion.graph..");

    @ArchTest
    static final ArchRule theTranslationKnowsNoEngine = noClasses().that()
            .resideInAPackage("io.clarion.tensorflow.translate")
            .should().dependOnClassesThat().resideInAPackage("io.clarion.engine..");

    @ArchTest
    static final ArchRule theEngineKnowsGraphsAndNotWhoMakesThem = noClasses().should().dependOnClassesThat()
            .resideInAnyPackage(
                    "io.clarion", "io.clarion.grad..", "io.clarion.reference..", "io.clarion.model..",
                    "io.clarion.cli..");
}
