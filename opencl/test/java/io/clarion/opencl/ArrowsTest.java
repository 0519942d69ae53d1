package io.clarion.opencl;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.clarion.engine.DeviceFailure;

/** The arrows between the packages of the OpenCL engine, as {@code docs/explanation/architecture.md} draws them. */
@AnalyzeClasses(packages = "io.clarion.opencl", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
    @ArchTest
    static final ArchRule dependenciesFollowTheArrows = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("engine").definedBy("io.clarion.opencl")
            .layer("schedule").definedBy("io.clarion.opencl.schedule..")
            .layer("compile").definedBy("io.clarion.opencl.compile..")
            .layer("driver").definedBy("io.clarion.opencl.driver")
            .layer("doctor").definedBy("io.clarion.opencl.driver.doctor")
            .layer("device").definedBy("io.clarion.opencl.driver.device")
            .layer("library").definedBy("io.clarion.opencl.driver.library")
            .layer("fetch").definedBy("io.clarion.opencl.driver.fetch..")
            .whereLayer("engine").mayNotBeAccessedByAnyLayer()
            .whereLayer("schedule").mayOnlyAccessLayers("compile", "driver", "device")
            .whereLayer("compile").mayOnlyAccessLayers("driver", "device")
            .whereLayer("doctor").mayOnlyAccessLayers("device", "library", "fetch")
            .whereLayer("driver").mayOnlyAccessLayers("device", "library")
            .whereLayer("device").mayOnlyAccessLayers("library")
            .whereLayer("library").mayOnlyAccessLayers("fetch")
            .whereLayer("fetch").mayNotAccessAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule theCompilersDependenciesFollowTheArrows = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("compile").definedBy("io.clarion.opencl.compile")
            .layer("fuse").definedBy("io.clarion.opencl.compile.fuse")
            .layer("lower").definedBy("io.clarion.opencl.compile.lower")
            .layer("kernel").definedBy("io.clarion.opencl.compile.kernel")
            .layer("cache").definedBy("io.clarion.opencl.compile.cache")
            .layer("codegen").definedBy("io.clarion.opencl.compile.codegen")
            .layer("strategy").definedBy("io.clarion.opencl.compile.strategy")
            .layer("program").definedBy("io.clarion.opencl.compile.program")
            .whereLayer("compile").mayNotBeAccessedByAnyLayer()
            .whereLayer("fuse").mayOnlyAccessLayers("lower", "kernel", "strategy", "program")
            .whereLayer("lower").mayOnlyAccessLayers("strategy", "program")
            .whereLayer("kernel").mayOnlyAccessLayers("codegen", "strategy", "program")
            .whereLayer("cache").mayOnlyAccessLayers("codegen")
            .whereLayer("codegen").mayOnlyAccessLayers("program")
            .whereLayer("strategy").mayNotAccessAnyLayer()
            .whereLayer("program").mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule onlyTheDriverPackagesCallOpenCl = noClasses().that()
            .resideOutsideOfPackage("io.clarion.opencl.driver..")
            .should().dependOnClassesThat().resideInAPackage("org.jocl..");

    @ArchTest
    static final ArchRule onlyTheDriverPackagesReachNativeCode = noClasses().that()
            .resideOutsideOfPackage("io.clarion.opencl.driver..")
            .should().dependOnClassesThat().resideInAnyPackage("org.bytedeco..");

    /** A driver's exceptions are failures of a device, as the engine knows them. */
    @ArchTest
    static final ArchRule theDriverPackagesKnowNothingOfTensors = noClasses().that()
            .resideInAPackage("io.clarion.opencl.driver..")
            .should().dependOnClassesThat(
                    resideInAnyPackage("io.clarion", "io.clarion.tensor..", "io.clarion.graph..", "io.clarion.engine..")
                            .and(not(type(DeviceFailure.class))));

    @ArchTest
    static final ArchRule theCompilerKnowsNoEngine = noClasses().that().resideInAPackage("io.clarion.opencl.compile..")
            .should().dependOnClassesThat().resideInAPackage("io.clarion.engine..");

    @ArchTest
    static final ArchRule theEngineKnowsGraphsAndNotWhoMakesThem = noClasses().should().dependOnClassesThat()
            .resideInAnyPackage(
                    "io.clarion", "io.clarion.grad..", "io.clarion.reference..", "io.clarion.model..",
                    "io.clarion.cli..");
}
