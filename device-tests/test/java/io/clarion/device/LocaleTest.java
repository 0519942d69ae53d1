package io.clarion.device;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * What Clarion writes is the same in all locales, those with digits of their own and with an i without a dot among
 * them.
 */
class LocaleTest {
    @EveryDevice
    void kernelsAreBuiltInEveryLocale(TestedDevice device) {
        Locale own = Locale.getDefault();
        try {
            for (String locale : List.of("fa-IR-u-nu-arabext", "ar-EG", "tr-TR")) {
                Locale.setDefault(Locale.forLanguageTag(locale));
                var c = new Comparison();
                ShapeFamily.SOFTMAX.add(new ShapeFamily.Case(ShapeFamily.SOFTMAX, c, new Draw(1), 3, 19));
                ShapeFamily.GATHER.add(new ShapeFamily.Case(ShapeFamily.GATHER, c, new Draw(1), 9, 36));
                ShapeFamily.MOVE.add(new ShapeFamily.Case(ShapeFamily.MOVE, c, new Draw(1), 5, 18));
                ShapeFamily.LOOP.add(new ShapeFamily.Case(ShapeFamily.LOOP, c, new Draw(1), 2, 5));
                Tensor mask = K.randomUniform(new int[] {3, 17}, 0, 1, DType.FLOAT32, 5);
                c.expect("random numbers", mask.plus(c.input(new Draw(1).array(DType.FLOAT32, 0, 1, Shape.of(3, 17)))),
                        Tolerance.composed(1, 1));
                c.checkApart(List.of(device));
            }
        } finally {
            Locale.setDefault(own);
        }
    }

    @Test
    void nothingIsWrittenInTheUsersLocaleByChance() {
        noClasses().should().callMethod(String.class, "formatted", Object[].class)
                .orShould().callMethod(String.class, "format", String.class, Object[].class)
                .orShould().callMethod(String.class, "toLowerCase")
                .orShould().callMethod(String.class, "toUpperCase")
                .orShould().callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .orShould().callMethod(PrintStream.class, "format", String.class, Object[].class)
                .because("they would write other digits and letters for some users; with Locale.ROOT they do not")
                .check(new ClassFileImporter().withImportOption(LocaleTest::isMain).importPackages("io.clarion"));
    }

    private static boolean isMain(Location location) {
        return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
}
