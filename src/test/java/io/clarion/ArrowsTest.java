package io.clarion;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** The arrows between the packages of the library, as {@code docs/explanation/architecture.md} draws them. */
@AnalyzeClasses(packages = "io.clarion", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
    /** Words of K's signatures that keras.json holds too: they lie beside K, and know nothing of it. */
    private static final DescribedPredicate<JavaClass> WORDS = DescribedPredicate.describe("are DimOrdering or Word",
            type -> belongToAnyOf(DimOrdering.class, Word.class).test(type.getBaseComponentType()));

    @ArchTest
    static final ArchRule dependenciesFollowTheArrows = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("tensor").definedBy("io.clarion.tensor..")
            .layer("words").definedBy(WORDS)
            .layer("config").definedBy("io.clarion.config..")
            .layer("graph").definedBy("io.clarion.graph..")
            .layer("grad").definedBy("io.clarion.grad..")
            .layer("engine").definedBy("io.clarion.engine..")
            .layer("runtime").definedBy("io.clarion.runtime..")
            .layer("schedule").definedBy("io.clarion.schedule..")
            .layer("reference").definedBy("io.clarion.reference..")
            .layer("K").definedBy(resideInAPackage("io.clarion").and(DescribedPredicate.not(WORDS)))
            .layer("model").definedBy("io.clarion.model..")
            .layer("bench").definedBy("io.clarion.bench..")
            .layer("check").definedBy("io.clarion.check..")
            .layer("cli").definedBy("io.clarion.cli..")
            .whereLayer("tensor").mayNotAccessAnyLayer()
            .whereLayer("words").mayNotAccessAnyLayer()
            .whereLayer("config").mayOnlyAccessLayers("tensor", "words")
            .whereLayer("graph").mayOnlyAccessLayers("tensor")
            .whereLayer("grad").mayOnlyAccessLayers("graph", "tensor")
            .whereLayer("engine").mayOnlyAccessLayers("graph", "tensor", "config")
            .whereLayer("runtime").mayOnlyAccessLayers("engine", "graph", "tensor", "config")
            .whereLayer("schedule").mayOnlyAccessLayers("engine", "graph", "tensor", "config")
            .whereLayer("reference").mayOnlyAccessLayers("engine", "graph", "tensor")
            .whereLayer("K")
            .mayOnlyAccessLayers("schedule", "grad", "graph", "runtime", "engine", "tensor", "config", "words")
            .whereLayer("model").mayOnlyAccessLayers("K", "runtime", "engine", "graph", "tensor", "words")
            .whereLayer("bench")
            .mayOnlyAccessLayers("schedule", "model", "K", "runtime", "engine", "graph", "tensor", "words")
            .whereLayer("check").mayOnlyAccessLayers("K", "reference", "runtime", "engine", "graph", "tensor", "words")
            .whereLayer("cli")
            .mayOnlyAccessLayers("check", "bench", "model", "K", "reference", "schedule", "runtime", "engine", "graph",
                    "tensor",
                    "config", "words")
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule engineAndRuntimeFollowTheArrows = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("runtime").definedBy("io.clarion.runtime")
            .layer("debug").definedBy("io.clarion.runtime.debug")
            .layer("engine").definedBy("io.clarion.engine")
            .layer("metrics").definedBy("io.clarion.engine.metrics")
            .whereLayer("runtime").mayOnlyAccessLayers("debug", "engine", "metrics")
            .whereLayer("debug").mayOnlyAccessLayers("engine")
            .whereLayer("engine").mayOnlyAccessLayers("metrics")
            .whereLayer("metrics").mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule theSchedulerFollowsTheArrows = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("schedule").definedBy("io.clarion.schedule")
            .layer("batch").definedBy("io.clarion.schedule.batch")
            .layer("place").definedBy("io.clarion.schedule.place")
            .layer("group").definedBy("io.clarion.schedule.group")
            .layer("cost").definedBy("io.clarion.schedule.cost")
            .whereLayer("schedule").mayOnlyAccessLayers("batch", "place", "group", "cost")
            .whereLayer("batch").mayOnlyAccessLayers("group", "cost")
            .whereLayer("place").mayOnlyAccessLayers("group", "cost")
            .whereLayer("group").mayNotAccessAnyLayer()
            .whereLayer("cost").mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule modelsFollowTheArrows = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("model").definedBy("io.clarion.model")
            .layer("optimizer").definedBy("io.clarion.model.optimizer")
            .layer("layer").definedBy("io.clarion.model.layer")
            .layer("convolution").definedBy("io.clarion.model.layer.convolution")
            .layer("recurrent").definedBy("io.clarion.model.layer.recurrent")
            .layer("weight").definedBy("io.clarion.model.layer.weight")
            .whereLayer("model").mayNotBeAccessedByAnyLayer()
            .whereLayer("optimizer").mayNotAccessAnyLayer()
            .whereLayer("convolution").mayOnlyAccessLayers("layer", "weight")
            .whereLayer("recurrent").mayOnlyAccessLayers("layer", "weight")
            .whereLayer("layer").mayOnlyAccessLayers("weight")
            .whereLayer("weight").mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule whatCommandsPrintKnowsNoCommand = noClasses().that()
            .resideInAPackage("io.clarion.cli.terminal")
            .should().dependOnClassesThat().resideInAPackage("io.clarion.cli");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles = slices().assignedFrom(new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(WORDS.test(type) ? "words" : type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theLibraryKnowsNothingOfOpenCl = noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("io.clarion.opencl..", "org.jocl..", "org.bytedeco..");

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsItsParser = noClasses().that()
            .resideOutsideOfPackage("io.clarion.cli..")
            .should().dependOnClassesThat().resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule onlyTheReferenceKnowsCommonsMath = noClasses().that()
            .resideOutsideOfPackage("io.clarion.reference..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.commons..");
}
