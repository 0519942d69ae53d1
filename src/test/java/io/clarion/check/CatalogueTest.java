package io.clarion.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    @Test
    void everyFunctionOfKIsInTheCatalogueOrHasAReasonNotToBe() {
        var functions = new TreeSet<>(Arrays.stream(K.class.getMethods())
                .filter(m -> Modifier.isStatic(m.getModifiers())).map(Method::getName).toList());
        var listed = new TreeSet<>(Catalogue.LEFT_OUT.keySet());
        Catalogue.rows().stream().map(Row::name).filter(name -> !name.startsWith(".")).forEach(listed::add);
        var lacking = new TreeSet<>(functions);
        lacking.removeAll(listed);
        listed.removeAll(functions);
        assertEquals("lacking [], no function of K []", "lacking " + lacking + ", no function of K " + listed);
    }

    @Test
    void eachRowFitsSomething() {
        List<String> never = Catalogue.rows().stream().filter(row -> !fits(row)).map(Row::name).toList();
        assertEquals(List.of(), never);
    }

    private static boolean fits(Row row) {
        for (int seed = 0; seed < 60; seed++) {
            var sketch = new Sketch(new Random(seed), Programs.reference(), true, K.floatx(), List.of(4, 3, 5), 1);
            if (sketch.grow(row.draws())) {
                return true;
            }
        }
        return false;
    }
}
