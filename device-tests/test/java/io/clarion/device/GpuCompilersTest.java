package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.StepFunction;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler;
import io.clarion.opencl.compile.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a GPU would get, compiled by the vendors' compilers without a GPU: all of it builds, and no register spills. */
class GpuCompilersTest {
    /** A GPU of 64 units with work-groups of 256 and 16 KB of local memory or more. */
    private static final Strategy GPU = new Strategy(false, 1, 64, 4, 64, 64, 16);
    /** For CPUs: its blocks lie in private memory, which on a GPU is a spill by intent. */
    private static final String CPU_FILE = "contract_cpu.cl";
    private static final List<String> FILES = List.of("arg.cl", "chain.cl", CPU_FILE, "contract_gpu.cl", "functions.cl", "half.cl", "map.cl", "probe.cl", "random.cl",
            "reduce.cl", "scan.cl", "segments.cl", "sort.cl");
    private static final String WITH_DOUBLES = "all dtypes";
    /** They have no double precision. */
    private static final List<String> SINGLE = List.of("tgllp", "dg2");
    private static final Path CLC = Path.of("/usr/lib/clc");

    /** Compiles a source for one GPU; gives the number of spills, which the compiler tells. */
    private interface Vendor {
        int spills(String gpu, Path source) throws Exception;
    }

    @TempDir
    static Path folder;

    // What is compiled.

    private static Map<String, String> sources() throws IOException {
        var sources = new LinkedHashMap<String, String>();
        sources.put("a convolutional net's training step", Compiler.compile(net(), GPU).source());
        sources.put("products", Compiler.compile(products(), GPU).source());
        List<DType> single = Stream.of(DType.values()).filter(t -> t != DType.FLOAT64).toList();
        sources.put("all dtypes but float64", Compiler.compile(dtypes(single), GPU).source());
        sources.put(WITH_DOUBLES, Compiler.compile(dtypes(List.of(DType.values())), GPU).source());
        sources.put("an RNN's training step, scatters and scans", Compiler.compile(nests(), GPU).source());
        String common = text("common.cl");
        for (String file : FILES) {
            sources.put(file, file.equals("probe.cl") ? text(file) : common + text(file));
        }
        return sources;
    }

    private static String text(String file) throws IOException {
        try (InputStream in = Compiler.class.getResourceAsStream("/io/clarion/kernels/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Graph net() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(32, 28, 28, 1), "x"));
        Tensor y = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(32, 10), "y"));
        int[][] shapes = {{3, 3, 1, 32}, {3, 3, 32, 64}, {14 * 14 * 64, 128}, {128, 10}};
        List<Variable> variables = Stream.of(shapes).map(s -> new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(s)), "w")).toList();
        List<Tensor> w = variables.stream().map(v -> Tensor.of(new Op.Read(v))).toList();
        Tensor h = x;
        for (int i = 0; i < 2; i++) {
            h = K.relu(K.conv2d(h, w.get(i), new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF));
        }
        h = K.pool2d(h, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF, io.clarion.PoolMode.MAX);
        h = K.dropout(K.relu(K.dot(K.batchFlatten(h), w.get(2))), 0.5, null, 7L);
        Tensor loss = K.mean(K.categoricalCrossentropy(K.softmax(K.dot(h, w.get(3))), y));
        List<Tensor> gradients = K.gradients(loss, w);
        return new Graph(List.of(x, y), List.of(loss), IntStream.range(0, w.size())
                .mapToObj(i -> new Graph.Update(variables.get(i), w.get(i).minus(gradients.get(i).times(0.01)))).toList());
    }

    private static Graph nests() {
        Tensor words = K.placeholder(new int[] {16, 20}, DType.INT32);
        Variable table = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(500, 48)), "table");
        Variable weights = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(48, 48)), "weights");
        List<Tensor> w = Stream.of(table, weights).map(v -> Tensor.of(new Op.Read(v))).toList();
        Tensor h = K.rnn((in, states) -> {
            Tensor next = K.tanh(in.plus(K.dot(states.get(0), w.get(1))));
            return new StepFunction.Step(next, List.of(next));
        }, K.gather(w.get(0), words), List.of(K.constant(0, DType.FLOAT32, 16, 48))).outputs();
        Tensor loss = K.sum(K.square(K.cumsum(h, 2))).plus(K.sum(K.cumprod(h, 1)));
        List<Tensor> gradients = K.gradients(loss, w);
        return new Graph(List.of(words), List.of(loss), IntStream.range(0, w.size())
                .mapToObj(i -> new Graph.Update(i == 0 ? table : weights, w.get(i).minus(gradients.get(i)))).toList());
    }

    private static Graph products() {
        var inputs = new ArrayList<Tensor>();
        var outputs = new ArrayList<Tensor>();
        for (int[] size : new int[][] {{512, 512, 512}, {33, 65, 130}, {7, 9, 5}, {1, 1000, 1000}}) {
            List<Dim> extents = IntStream.of(size).mapToObj(Dim::of).toList();
            Tensor a = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(size[0], size[1]), "a"));
            Tensor b = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(size[1], size[2]), "b"));
            inputs.addAll(List.of(a, b));
            outputs.add(K.tanh(new Contraction(extents, List.of(List.of(0, 1), List.of(1, 2)), List.of(0, 2), List.of()).apply(List.of(a, b))));
        }
        return new Graph(inputs, outputs, List.of());
    }

    /** Loads, stores, casts, a sum and extremes in each of some dtypes. */
    private static Graph dtypes(List<DType> dtypes) {
        var inputs = new ArrayList<Tensor>();
        var outputs = new ArrayList<Tensor>();
        for (DType from : dtypes) {
            Tensor x = Tensor.of(new Op.Placeholder(from, Shape.of(33, 65), from.word()));
            inputs.add(x);
            for (DType to : dtypes) {
                outputs.add(Tensor.of(new Op.Cast(to), x).permute(List.of(1, 0)));
            }
            outputs.add(x.sum(List.of(0)));
            for (Op.Reduce.Kind kind : Op.Reduce.Kind.values()) {
                outputs.add(Tensor.of(new Op.Reduce(kind, List.of(1)), x));
            }
        }
        return new Graph(inputs, outputs, List.of());
    }

    private static Stream<DynamicTest> tests(Vendor vendor, List<String> gpus) throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (var source : sources().entrySet()) {
            Path file = Files.writeString(Files.createTempFile(folder, "kernels", ".cl"), source.getValue());
            for (String gpu : gpus.stream().filter(g -> !source.getKey().equals(WITH_DOUBLES) || !SINGLE.contains(g)).toList()) {
                tests.add(dynamicTest(source.getKey() + " for " + gpu, () -> {
                    int spills = vendor.spills(gpu, file);
                    assertTrue(spills == 0 || source.getKey().equals(CPU_FILE), () -> spills + " spills");
                }));
            }
        }
        return tests.stream();
    }

    // By whom.

    @TestFactory
    Stream<DynamicTest> amd() throws IOException {
        return ifThere(List.of("clang"), GpuCompilersTest::amdSpills, List.of("gfx906", "gfx1030", "gfx1100"));
    }

    @TestFactory
    Stream<DynamicTest> nvidia() throws IOException {
        return ifThere(List.of("clang", "ptxas"), GpuCompilersTest::nvidiaSpills, List.of("sm_70", "sm_80", "sm_90"));
    }

    @TestFactory
    Stream<DynamicTest> intel() throws IOException {
        return ifThere(List.of("ocloc"), GpuCompilersTest::intelSpills, List.of("skl", "tgllp", "dg2"));
    }

    private static Stream<DynamicTest> ifThere(List<String> tools, Vendor vendor, List<String> gpus) throws IOException {
        List<String> missing = tools.stream().filter(t -> tool(t).isEmpty()).toList();
        if (missing.isEmpty()) {
            return tests(vendor, gpus);
        }
        return Stream.of(dynamicTest("without " + missing, () -> {
            assertFalse(missing.stream().anyMatch(Devices::isRequired), () -> "clarion.require names tools that are not here: " + missing
                    + "; they are looked for on the PATH and in ~/.clarion/tools");
            System.out.println(missing + " not found: kernels were not compiled for " + gpus);
        }));
    }

    private static int amdSpills(String gpu, Path source) throws Exception {
        String said = compiled(List.of(tool("clang").orElseThrow(), "-x", "cl", "-cl-std=CL1.2", "-O3", "-nogpulib", "-target", "amdgcn-amd-amdhsa",
                "-mcpu=" + gpu, "-Xclang", "-finclude-default-header", "-Xclang", "-mlink-builtin-bitcode", "-Xclang",
                CLC.resolve("amdgcn--amdhsa.bc").toString(), "-Rpass-analysis=kernel-resource-usage", "-S", source.toString(), "-o", source + "." + gpu));
        assertTrue(said.contains("ScratchSize") || !Files.readString(source).contains("kernel void KERNEL("), said);
        return numbers(said, "(?:SGPRs Spill|VGPRs Spill|ScratchSize \\[bytes/lane\\]): (\\d+)");
    }

    private static int nvidiaSpills(String gpu, Path source) throws Exception {
        String ptx = source + "." + gpu + ".ptx";
        compiled(List.of(tool("clang").orElseThrow(), "-x", "cl", "-cl-std=CL1.2", "-O3", "-nogpulib", "-target", "nvptx64-nvidia-nvcl",
                "-Xclang", "-target-cpu", "-Xclang", "sm_70", "-Xclang", "-finclude-default-header", "-Xclang", "-mlink-builtin-bitcode",
                "-Xclang", CLC.resolve("nvptx64--nvidiacl.bc").toString(), "-S", source.toString(), "-o", ptx));
        String said = compiled(List.of(tool("ptxas").orElseThrow(), "-v", "-arch=" + gpu, ptx, "-o", ptx + ".cubin"));
        return numbers(said, "(\\d+) bytes spill");
    }

    private static int intelSpills(String gpu, Path source) throws Exception {
        String said = compiled(List.of(tool("ocloc").orElseThrow(), "compile", "-file", source.toString(), "-device", gpu,
                "-options", "-cl-std=CL1.2", "-out_dir", folder.resolve(gpu).toString()));
        return numbers(said, "spilled around (\\d+)");
    }

    private static String compiled(List<String> command) throws Exception {
        ChildJvm end = ChildJvm.run(command, Map.of());
        assertEquals(0, end.exit(), () -> String.join(" ", command) + "\n" + end.output());
        return end.output();
    }

    private static int numbers(String text, String pattern) {
        Matcher m = Pattern.compile(pattern).matcher(text);
        int sum = 0;
        while (m.find()) {
            sum += Integer.parseInt(m.group(1));
        }
        return sum;
    }

    private static Optional<String> tool(String name) {
        if (name.equals("clang")) {
            return Files.exists(CLC.resolve("amdgcn--amdhsa.bc")) ? found("clang-15") : Optional.empty();
        }
        return found(name);
    }

    private static Optional<String> found(String program) {
        var folders = new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator)));
        Optional.ofNullable(System.getenv("CLARION_HOME")).ifPresent(home -> folders.add(home + "/tools"));
        folders.add(System.getProperty("user.home") + "/.clarion/tools");
        return folders.stream().filter(f -> !f.isEmpty()).map(f -> Path.of(f, program)).filter(Files::isExecutable).map(Path::toString).findFirst();
    }
}
