package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.conformance.cases.GoldenCases;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each function of K has a golden case, which TensorFlow computed, or a reason for having none. */
class GoldenCoverageTest {
    private static final Map<String, List<String>> WITHOUT = Map.of(
            "sets or tells something, and computes nothing",
            List.of("backend", "clearSession", "countParams", "device", "dtype", "epsilon",
                    "fixedLearningPhase", "floatx", "getUid", "getVariableShape", "imageDimOrdering", "intShape",
                    "isSparse", "learningPhase",
                    "manualVariableInitialization", "nameScope", "ndim", "setEpsilon", "setFloatx",
                    "setImageDimOrdering", "setLearningPhase",
                    "setRandomSeed", "useDevice", "useDevices"),
            "makes or reads a value, and computes nothing",
            List.of("batchGetValue", "batchSetValue", "castToFloatx", "constant", "eval", "function",
                    "getSparseValue", "getValue", "identity", "ones", "onesLike", "placeholder", "printTensor",
                    "setValue", "shape", "stopGradient",
                    "toDense", "variable", "zeros", "zerosLike"),
            "draws random numbers, whose distribution is tested",
            List.of("dropout", "randomBinomial", "randomNormal", "randomNormalVariable",
                    "randomUniform", "randomUniformVariable", "truncatedNormal"),
            "is an operator of tensors, which cases add, subtract, multiply and divide are of", List.of("minus", "div"),
            "takes a function of Java, or chooses one of two",
            List.of("foldl", "foldr", "mapFn", "inTestPhase", "inTrainPhase", "gradients"),
            "is an update of a variable", List.of("movingAverageUpdate", "update", "updateAdd", "updateSub"),
            "is another function's form, or has a result that depends on values",
            List.of("asymmetricSpatial2dPadding", "cast", "ctcDecode",
                    "ctcLabelDenseToSparse", "pool1d"));

    @Test
    void eachFunctionOfKHasAGoldenCase() {
        Set<String> functions = Arrays.stream(K.class.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()))
                .map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
        Set<String> golden = GoldenCases.all().map(c -> camelCase(c.json().get("fn").textValue()))
                .collect(Collectors.toSet());
        Set<String> without = WITHOUT.values().stream().flatMap(List::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, String> wrong = new TreeMap<>();
        functions.stream().filter(f -> !golden.contains(f) && !without.contains(f))
                .forEach(f -> wrong.put(f,
                        "has no golden case: add one to tools/golden/cases.json, and a line to GoldenCalls"));
        without.stream().filter(golden::contains)
                .forEach(f -> wrong.put(f, "has a golden case, and a reason for having none"));
        without.stream().filter(f -> !functions.contains(f)).forEach(f -> wrong.put(f, "is no function of K"));
        assertEquals(Map.of(), wrong);
    }

    private static String camelCase(String keras) {
        String name = Pattern.compile("_(\\w)").matcher(keras).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
        return name.equals("switch") ? "switch_" : name;
    }
}
