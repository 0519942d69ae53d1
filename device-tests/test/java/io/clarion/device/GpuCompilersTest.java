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
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a GPU would get, compiled by the vendors' compilers without a GPU: all of it builds, and no register spills. */
class GpuCompilersTest {
    /** For CPUs: its blocks lie in private memory, which on a GPU is a spill by intent. */
    private static final String CPU_FILE = "contract_cpu.cl";
    private static final List<String> FILES = List.of("arg.cl", "fused_rows.cl", CPU_FILE, "contract_gpu.cl",
            "functions.cl", "half.cl", "map.cl", "probe.cl", "random.cl",
            "reduce.cl", "scan.cl", "segments.cl", "sort.cl");
    private static final String WITH_DOUBLES = "all dtypes";
    /** They have no double precision. */
    private static final List<String> SINGLE = List.of("tgllp", "dg2");
    /** What was measured of products, as rows of the table of docs/lab/gpu-compilers.md. */
    private static final Path TABLE = Path.of("target", "gpu-products.md");

    @TempDir
    static Path folder;

    @BeforeAll
    static void beginTheTable() throws IOException {
        Files.deleteIfExists(TABLE);
    }

    // What is compiled.

    private static Map<String, String> sources(Strategy strategy) throws IOException {
        var sources = new LinkedHashMap<String, String>();
        sources.put("a convolutional net's training step", Compiler.compile(net(), strategy).source());
        sources.put("products", Compiler.compile(products(), strategy).source());
        List<DType> single = Stream.of(DType.values()).filter(t -> t != DType.FLOAT64).toList();
        sources.put("all dtypes but float64", Compiler.compile(dtypes(single), strategy).source());
        sources.put(WITH_DOUBLES, Compiler.compile(dtypes(List.of(DType.values())), strategy).source());
        sources.put("an RNN's training step, scatters and scans", Compiler.compile(nests(), strategy).source());
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
        List<Variable> variables = Stream.of(shapes)
                .map(s -> new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(s)), "w")).toList();
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
                .mapToObj(i -> new Graph.Update(variables.get(i), w.get(i).minus(gradients.get(i).times(0.01))))
                .toList());
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
            outputs.add(K.tanh(new Contraction(extents, List.of(List.of(0, 1), List.of(1, 2)), List.of(0, 2), List.of())
                    .apply(List.of(a, b))));
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

    // By whom.

    @TestFactory
    Stream<DynamicTest> amd() throws IOException {
        return ifThere(GpuCompiler.AMD);
    }

    @TestFactory
    Stream<DynamicTest> nvidia() throws IOException {
        return ifThere(GpuCompiler.NVIDIA);
    }

    @TestFactory
    Stream<DynamicTest> intel() throws IOException {
        return ifThere(GpuCompiler.INTEL);
    }

    private static Stream<DynamicTest> ifThere(GpuCompiler compiler) throws IOException {
        if (compiler.missing().isEmpty()) {
            return begun(Stream.concat(everything(compiler), shippedTiles(compiler)));
        }
        return Stream.of(dynamicTest("without " + compiler.missing(), () -> {
            assertFalse(compiler.missing().stream().anyMatch(Devices::isRequired),
                    () -> "clarion.require names tools that are not here: "
                            + compiler.missing() + "; they are looked for on the PATH and in ~/.clarion/tools");
            Unchecked.note("the kernels as compiled for " + String.join(", ", compiler.gpus()),
                    String.join(" and ", compiler.missing().stream().map(GpuCompiler::named).toList()));
        }));
    }

    /** The same tests, begun side by side: compilers use one core each. */
    private static Stream<DynamicTest> begun(Stream<DynamicTest> tests) {
        ExecutorService cores = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        List<DynamicTest> begun = tests.map(t -> {
            Future<Void> end = cores.submit(() -> {
                try {
                    t.getExecutable().execute();
                } catch (Throwable e) {
                    throw new ExecutionException(e);
                }
                return null;
            });
            return dynamicTest(t.getDisplayName(), () -> {
                try {
                    end.get();
                } catch (ExecutionException e) {
                    throw e.getCause().getCause();
                }
            });
        }).toList();
        cores.shutdown();
        return begun.stream();
    }

    private static Stream<DynamicTest> everything(GpuCompiler compiler) throws IOException {
        var tests = new ArrayList<DynamicTest>();
        Strategy strategy = strategy(tiles(compiler));
        for (var source : sources(strategy).entrySet()) {
            for (String gpu : compiler.gpus().stream()
                    .filter(g -> !source.getKey().equals(WITH_DOUBLES) || !SINGLE.contains(g)).toList()) {
                tests.add(dynamicTest(source.getKey() + " for " + gpu, () -> {
                    Map<String, GpuCompiler.Kernel> kernels = compiled(compiler, gpu, source.getValue());
                    assertTrue(compiler == GpuCompiler.INTEL || !kernels.isEmpty()
                            || !source.getValue().contains("kernel void KERNEL("), "nothing was measured");
                    assertTrue(source.getKey().equals(CPU_FILE)
                            || kernels.values().stream().allMatch(k -> k.spills() == 0), kernels::toString);
                }));
            }
        }
        return tests.stream();
    }

    // Tiles.

    private static List<GpuTile> tiles(GpuCompiler compiler) {
        return compiler == GpuCompiler.INTEL ? GpuTile.NARROW
                : compiler == GpuCompiler.NVIDIA ? GpuTile.DEEP : GpuTile.WIDE;
    }

    private static Strategy strategy(List<GpuTile> tiles) {
        return Strategy.gpu(64, 32, 64, tiles);
    }

    /** A product of the table of docs/lab/gpu-compilers.md. */
    private record Row(String what, String kernel) {}

    private static Stream<DynamicTest> shippedTiles(GpuCompiler compiler) {
        return tiles(compiler).stream().flatMap(
                tile -> compiler.gpus().stream().map(gpu -> dynamicTest("products by " + tile + " for " + gpu, () -> {
                    var rows = new ArrayList<Row>();
                    var kernels = new LinkedHashMap<String, String>();
                    String prelude = "";
                    for (ProductCases.Case c : Stream.concat(ProductCases.products(512, 512, 512).stream(),
                            ProductCases.convolutions(16, 56, 64, 64).stream()).toList()) {
                        Compiler.Compiled compiled = Compiler.compile(
                                new Graph(c.inputs(), List.of(c.result()), List.of()), strategy(List.of(tile)));
                        prelude = compiled.prelude();
                        compiled.kernels().keySet().stream()
                                .filter(k -> k.startsWith("contract_gpu") && !kernels.containsKey(k))
                                .forEach(k -> rows.add(new Row(c.what(), k)));
                        compiled.kernels().entrySet().stream().filter(e -> e.getKey().startsWith("contract_gpu"))
                                .forEach(e -> kernels.putIfAbsent(e.getKey(), e.getValue()));
                    }
                    Map<String, GpuCompiler.Kernel> told = compiled(compiler, gpu,
                            prelude + String.join("\n", kernels.values()));
                    var lines = new StringBuilder();
                    rows.stream().filter(r -> told.containsKey(r.kernel()))
                            .forEach(r -> lines.append(line(gpu, tile, r.what(), told.get(r.kernel()))));
                    Files.writeString(TABLE, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    boolean isLarge = Math.min(tile.groupM() * tile.eachM(), tile.groupN() * tile.eachN()) >= 64;
                    for (Row row : rows) {
                        GpuCompiler.Kernel kernel = told.get(row.kernel());
                        if (kernel == null) {
                            assertEquals(GpuCompiler.INTEL, compiler, row.what());
                            continue;
                        }
                        assertEquals(0, kernel.spills(), row.what());
                        assertTrue(kernel.occupancy() >= claimed(gpu), () -> row.what() + ": " + kernel);
                        assertTrue(!isLarge || kernel.loop().share() >= least(row), () -> row.what() + ": " + kernel);
                    }
                })));
    }

    private static String line(String gpu, GpuTile tile, String what, GpuCompiler.Kernel kernel) {
        return String.format(Locale.ROOT, "| %s | %d × %d | %d × %d | %d | %s | %d | %d | %.0f %% |%n", gpu,
                tile.groupM(), tile.groupN(), tile.eachM(), tile.eachN(),
                tile.depth(), what, kernel.registers(), kernel.occupancy(), 100 * kernel.loop().share());
    }

    /** Returns what contract_gpu.cl claims. */
    private static int claimed(String gpu) {
        return switch (gpu) {
            case "gfx906" -> 2;
            case "sm_70", "sm_80", "sm_90" -> 448;
            default -> 8;
        };
    }

    /** Windows along the lanes cost an address and a mask for each of them. */
    private static double least(Row row) {
        return row.what().contains("channels first") ? 0.7 : 0.8;
    }

    private static Map<String, GpuCompiler.Kernel> compiled(GpuCompiler compiler, String gpu, String source)
            throws Exception {
        Path own = Files.createTempDirectory(folder, "kernels");
        return compiler.compiled(gpu, Files.writeString(own.resolve("k.cl"), source), own);
    }
}
