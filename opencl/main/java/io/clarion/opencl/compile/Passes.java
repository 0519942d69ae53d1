package io.clarion.opencl.compile;

import io.clarion.graph.Graph;
import io.clarion.graph.Listing;
import io.clarion.graph.Origin;
import io.clarion.graph.Simplify;
import io.clarion.opencl.compile.fuse.Fusion;
import io.clarion.opencl.compile.fuse.HorizontalFusion;
import io.clarion.opencl.compile.fuse.RowFusion;
import io.clarion.opencl.compile.lower.FactorContractions;
import io.clarion.opencl.compile.lower.LowerControlFlow;
import io.clarion.opencl.compile.lower.MatchProducts;
import io.clarion.opencl.compile.lower.SelectBranches;
import io.clarion.opencl.compile.lower.SplitAccumulations;
import io.clarion.opencl.compile.program.Dataflow;
import io.clarion.opencl.compile.program.Program;
import io.clarion.opencl.compile.program.ProgramListing;
import io.clarion.opencl.compile.program.ProgramVerifier;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The passes from a graph of known sizes to a program: each takes one representation and gives one.
 *
 * <p>After each that gives a program, {@link ProgramVerifier} checks it if {@code CLARION_CHECK} has the word
 * {@code program}, or the JVM's assertions are on.
 */
public final class Passes {
    private static final boolean VERIFIED = Passes.class.desiredAssertionStatus() || Origin.isAskedFor("program");

    private final Strategy strategy;
    private final Map<String, List<String>> listings;
    private Graph prepared;

    private Passes(Strategy strategy, Map<String, List<String>> listings) {
        this.strategy = strategy;
        this.listings = listings;
    }

    /** Makes passes that keep no listings. */
    Passes(Strategy strategy) {
        this(strategy, null);
    }

    /** Returns by the name of each pass, in their order, the lines of what it gives for a graph. */
    public static Map<String, List<String>> listings(Graph graph, Strategy strategy) {
        var passes = new Passes(strategy, new LinkedHashMap<>());
        passes.program(graph);
        return passes.listings;
    }

    /**
     * Returns the lines of what a pass gives for a graph.
     *
     * @throws IllegalArgumentException if there is no such pass; it names those that there are
     */
    public static List<String> listing(Graph graph, Strategy strategy, String pass) {
        Map<String, List<String>> all = listings(graph, strategy);
        if (!all.containsKey(pass)) {
            throw new IllegalArgumentException(
                    "explain: there is no pass \"" + pass + "\"; there are " + String.join(", ", all.keySet()));
        }
        return all.get(pass);
    }

    /** Takes a graph through all passes. */
    Program program(Graph graph) {
        Graph simplified = seen("simplify", Simplify.of(graph));
        Graph factored = seen("factor", FactorContractions.of(simplified));
        prepared = seen("split", SplitAccumulations.of(factored, strategy));
        Graph selected = seen("select", SelectBranches.of(prepared));
        Dataflow lowered = seen("lower", LowerControlFlow.of(selected));
        Dataflow matched = seen("match", MatchProducts.of(lowered, strategy));
        Program fused = seen("fuse", Fusion.of(matched));
        Program rows = seen("fuse rows", RowFusion.of(fused, strategy));
        return seen("fuse side by side", HorizontalFusion.of(rows, strategy));
    }

    /** Returns the graph whose inputs and outputs are the program's. */
    Graph prepared() {
        return prepared;
    }

    private Graph seen(String pass, Graph graph) {
        list(pass, () -> Listing.of(graph));
        return graph;
    }

    private Dataflow seen(String pass, Dataflow flow) {
        list(pass, () -> ProgramListing.of(flow));
        return flow;
    }

    private Program seen(String pass, Program program) {
        list(pass, () -> ProgramListing.of(program));
        if (VERIFIED) {
            ProgramVerifier.verify(pass, program);
        }
        return program;
    }

    private void list(String pass, Supplier<List<String>> lines) {
        if (listings != null) {
            listings.put(pass, lines.get());
        }
    }
}
