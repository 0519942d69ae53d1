package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The vendors' compilers for GPUs, which need none. */
enum GpuCompiler {
    AMD(List.of("clang"), List.of("gfx906", "gfx1030", "gfx1100")) {
        @Override
        Map<String, Kernel> compiled(String gpu, Path source, Path folder) throws Exception {
            Path assembly = folder.resolve("amd." + gpu + ".s");
            String said = run(
                    clang("amdgcn-amd-amdhsa", List.of("-mcpu=" + gpu, "-Rpass-analysis=kernel-resource-usage"),
                            "amdgcn--amdhsa.bc", source, assembly));
            Map<String, List<String>> bodies = bodies(Files.readAllLines(assembly), Pattern.compile("^(\\w+):.*"));
            var kernels = new LinkedHashMap<String, Kernel>();
            for (String part : said.split("Function Name: ")) {
                String name = part.split("\\s")[0];
                if (part.contains("ScratchSize")) {
                    kernels.put(name,
                            new Kernel(sum(part, "(?:SGPRs Spill|VGPRs Spill|ScratchSize \\[bytes/lane\\]): (\\d+)"),
                                    sum(part, "[^A]VGPRs: (\\d+)"),
                                    sum(part, "Occupancy \\[waves/SIMD\\]: (\\d+)"),
                                    new InnerLoop("^(\\.LBB\\w+):", "s_c?branch\\w*\\s+(\\.LBB\\w+)",
                                            "\\bv_[a-z0-9_]+", "v_(dual_)?(fma|fmac|mac|mad)[a-z]*_f32.*")
                                            .of(bodies.getOrDefault(name, List.of()))));
                }
            }
            return kernels;
        }
    },
    /**
     * Loops are counted in PTX, whose moves are no instructions yet; occupancy is that of 65,536 registers a
     * multiprocessor, in work-items.
     */
    NVIDIA(List.of("clang", "ptxas"), List.of("sm_70", "sm_80", "sm_90")) {
        @Override
        Map<String, Kernel> compiled(String gpu, Path source, Path folder) throws Exception {
            Path ptx = folder.resolve("nvidia." + gpu + ".ptx");
            run(clang("nvptx64-nvidia-nvcl", List.of("-Xclang", "-target-cpu", "-Xclang", "sm_70"),
                    "nvptx64--nvidiacl.bc", source, ptx));
            String said = run(List.of(ChildJvm.found("ptxas").orElseThrow(), "-v", "-arch=" + gpu, ptx.toString(), "-o",
                    ptx + ".cubin"));
            List<String> lines = Files.readAllLines(ptx);
            Map<String, List<String>> bodies = bodies(lines,
                    Pattern.compile("^\\.entry (\\w+).*|^\\.visible \\.entry (\\w+).*"));
            var kernels = new LinkedHashMap<String, Kernel>();
            for (String part : said.split("Compiling entry function '")) {
                String name = part.split("'")[0];
                if (part.contains("registers")) {
                    List<String> body = bodies.getOrDefault(name, List.of());
                    int registers = sum(part, "Used (\\d+) registers");
                    int group = body.stream().filter(l -> l.contains(".reqntid")).mapToInt(l -> product(l)).findFirst()
                            .orElse(64);
                    kernels.put(name, new Kernel(sum(part, "(\\d+) bytes spill"), registers,
                            Math.min(2048 / group, (1 << 16) / ((registers + 7) / 8 * 8 * group)) * group,
                            new InnerLoop("^(\\$L\\w+):", "bra(?:\\.uni)?\\s+(\\$L\\w+)",
                                    "^\\s+(?:@!?%p\\d+ )?(?:fma|mul|add|sub|mad|min|max|setp|selp|sh[lrf]|and|or|xor|not|neg|cvt|div|rem|abs|bf[ei])\\.\\S+",
                                    "\\s*fma\\.rn\\.f32").of(body)));
                }
            }
            return kernels;
        }

        private int product(String line) {
            int product = 1;
            Matcher m = Pattern.compile("\\d+").matcher(line);
            while (m.find()) {
                product *= Integer.parseInt(m.group());
            }
            return product;
        }
    },
    /** Registers are those of a thread, all that there are; occupancy is the lanes of a thread. */
    INTEL(List.of("ocloc"), List.of("skl", "tgllp", "dg2")) {
        private static final Path DISASSEMBLER = Path.of("/usr/lib/x86_64-linux-gnu/libiga64.so.1");

        @Override
        Map<String, Kernel> compiled(String gpu, Path source, Path folder) throws Exception {
            Path out = Files.createDirectories(folder.resolve("intel." + gpu));
            String said = run(List.of(ChildJvm.found("ocloc").orElseThrow(), "compile", "-file", source.toString(),
                    "-device", gpu,
                    "-options", "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt", "-out_dir", out.toString()));
            var kernels = new LinkedHashMap<String, Kernel>();
            Matcher spilled = Pattern.compile("kernel (\\w+) .*spilled around (\\d+)").matcher(said);
            while (spilled.find()) {
                kernels.put(spilled.group(1), new Kernel(Integer.parseInt(spilled.group(2)), 128, 8, InnerLoop.NONE));
            }
            if (!Files.exists(DISASSEMBLER)) {
                return kernels;
            }
            // ocloc looks for the name without a version.
            Path library = Files.createSymbolicLink(folder.resolve("libiga64.so"), DISASSEMBLER);
            Path binary;
            try (Stream<Path> files = Files.list(out)) {
                binary = files.filter(f -> f.toString().endsWith(".bin")).findFirst().orElseThrow();
            }
            Path dump = out.resolve("dump");
            ChildJvm.run(
                    List.of(ChildJvm.found("ocloc").orElseThrow(), "disasm", "-file", binary.toString(), "-device", gpu,
                            "-dump", dump.toString()),
                    Map.of("LD_LIBRARY_PATH", folder.toString()));
            Files.delete(library);
            try (Stream<Path> files = Files.exists(dump) ? Files.list(dump) : Stream.of()) {
                for (Path file : files.filter(f -> f.toString().endsWith("_KernelHeap.asm")).toList()) {
                    List<String> lines = Files.readAllLines(file);
                    String vector = "^(?:\\([^)]*\\))?\\s*(?!send|while|goto|break|join|if|else|endif|jmpi|sync|nop)[a-z0-9.]+ \\((?:8|16|32)\\|.*";
                    int lanes = lines.stream().map(Pattern.compile("mad \\((\\d+)\\|.*:f.*")::matcher)
                            .filter(Matcher::find)
                            .mapToInt(m -> Integer.parseInt(m.group(1))).max().orElse(8);
                    kernels.putIfAbsent(file.getFileName().toString().replace("_KernelHeap.asm", ""),
                            new Kernel(0, 128, lanes,
                                    new InnerLoop("^(L\\d+):", "(?:while|jmpi|goto|brd)\\b.*?\\b(L\\d+)", vector,
                                            ".*\\bmad \\(.*:f.*").of(lines)));
                }
            }
            return kernels;
        }
    };

    private static final Path CLC = Path.of("/usr/lib/clc");
    private final List<String> tools;
    private final List<String> gpus;

    GpuCompiler(List<String> tools, List<String> gpus) {
        this.tools = tools;
        this.gpus = gpus;
    }

    /**
     * What a compiler tells of a kernel.
     *
     * @param spills    registers or bytes that did not fit
     * @param occupancy AMD: waves a SIMD; NVIDIA: work-items a multiprocessor; Intel: lanes of a thread
     */
    record Kernel(int spills, int registers, int occupancy, InnerLoop.Count loop) {}

    /** The vector instructions of the loop with the most fused multiply-adds. */
    private record InnerLoop(Pattern label, Pattern branch, Pattern vector, Pattern fused) {
        static final Count NONE = new Count(0, 0);

        record Count(int fused, int all) {
            double share() {
                return all == 0 ? 0 : (double) fused / all;
            }
        }

        InnerLoop(String label, String branch, String vector, String fused) {
            this(Pattern.compile(label), Pattern.compile(branch), Pattern.compile(vector), Pattern.compile(fused));
        }

        Count of(List<String> lines) {
            Map<String, Integer> labels = new HashMap<>();
            Count best = NONE;
            for (int i = 0; i < lines.size(); i++) {
                Matcher at = label.matcher(lines.get(i));
                if (at.find()) {
                    labels.put(at.group(1), i);
                }
                Matcher back = branch.matcher(lines.get(i));
                if (back.find() && labels.containsKey(back.group(1))) {
                    Count count = count(lines.subList(labels.get(back.group(1)), i + 1));
                    if (count.fused() > best.fused() || count.fused() == best.fused() && count.all() < best.all()) {
                        best = count;
                    }
                }
            }
            return best;
        }

        private Count count(List<String> lines) {
            int all = 0;
            int fusedOnes = 0;
            for (String line : lines) {
                Matcher m = vector.matcher(line);
                while (m.find()) {
                    all++;
                    fusedOnes += fused.matcher(m.group()).matches() ? 1 : 0;
                }
            }
            return new Count(fusedOnes, all);
        }
    }

    /**
     * The kernels of a program by name, as compiled for {@code gpu}; what is written goes to {@code folder}. Of
     * Intel's, those that spill or can be disassembled.
     */
    abstract Map<String, Kernel> compiled(String gpu, Path source, Path folder) throws Exception;

    List<String> gpus() {
        return gpus;
    }

    List<String> missing() {
        return tools.stream()
                .filter(t -> t.equals("clang")
                        ? !Files.exists(CLC.resolve("amdgcn--amdhsa.bc")) || ChildJvm.found("clang-15").isEmpty()
                        : ChildJvm.found(t).isEmpty())
                .toList();
    }

    /** A tool with the package that has it. */
    static String named(String tool) {
        return switch (tool) {
            case "clang" -> "clang-15 and libclc (Debian: clang-15, libclc-15)";
            case "ocloc" -> "ocloc (Debian: intel-opencl-icd)";
            case "ptxas" -> "ptxas (NVIDIA's CUDA, or the Python package nvidia-cuda-nvcc-cu12)";
            default -> tool;
        };
    }

    private static List<String> clang(String target, List<String> options, String library, Path source, Path out) {
        var command = new ArrayList<>(List.of(ChildJvm.found("clang-15").orElseThrow(), "-x", "cl", "-cl-std=CL1.2",
                "-cl-fp32-correctly-rounded-divide-sqrt", "-O3", "-nogpulib", "-target", target));
        command.addAll(options);
        command.addAll(List.of("-Xclang", "-finclude-default-header", "-Xclang", "-mlink-builtin-bitcode", "-Xclang",
                CLC.resolve(library).toString(),
                "-S", source.toString(), "-o", out.toString()));
        return command;
    }

    private static String run(List<String> command) throws Exception {
        ChildJvm end = ChildJvm.run(command, Map.of());
        assertEquals(0, end.exit(), () -> String.join(" ", command) + "\n" + end.output());
        return end.output();
    }

    /** The lines after each that begins a kernel, by its name. */
    private static Map<String, List<String>> bodies(List<String> lines, Pattern begin) {
        Map<String, List<String>> bodies = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : lines) {
            Matcher m = begin.matcher(line);
            if (m.matches()) {
                current = bodies.computeIfAbsent(m.group(1) != null ? m.group(1) : m.group(2), n -> new ArrayList<>());
            }
            current.add(line);
        }
        return bodies;
    }

    private static int sum(String text, String pattern) {
        Matcher m = Pattern.compile(pattern).matcher(text);
        int sum = 0;
        while (m.find()) {
            sum += Integer.parseInt(m.group(1));
        }
        return sum;
    }
}
