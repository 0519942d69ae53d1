package io.clarion.opencl.compile.fuse;

import io.clarion.graph.TopologicalOrder;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Nodes in groups that are done together, each after those that make what it reads. */
final class Groups {
    private final List<Group> all = new ArrayList<>();
    private final Map<Buffer, Group> maker = new LinkedHashMap<>();

    /** Nodes that are done together, or one. */
    static final class Group {
        private final List<Node> nodes = new ArrayList<>();
        private final Set<Buffer> made = new LinkedHashSet<>();

        List<Node> nodes() {
            return nodes;
        }

        Set<Buffer> made() {
            return made;
        }

        List<Buffer> reads() {
            return nodes.stream().flatMap(i -> i.reads().keySet().stream()).filter(t -> !made.contains(t)).distinct()
                    .toList();
        }
    }

    /** Returns those found so far. */
    List<Group> all() {
        return all;
    }

    /** Adds an node to {@code host}, or as a group of its own if that is null. */
    void add(Node node, Group host) {
        Group group = host;
        if (group == null) {
            group = new Group();
            all.add(group);
        }
        group.nodes.add(node);
        for (Buffer t : node.outputs()) {
            group.made.add(t);
            maker.put(t, group);
        }
    }

    /** Returns the groups that make some of {@code tensors}. */
    Stream<Group> makers(Collection<Buffer> tensors) {
        return tensors.stream().map(maker::get).filter(Objects::nonNull);
    }

    /** Returns whether {@code group} is {@code other} or has to come after it. */
    boolean needs(Group group, Group other) {
        return needs(group, other, new HashSet<>());
    }

    private boolean needs(Group group, Group other, Set<Group> seen) {
        return group == other
                || seen.add(group) && makers(group.reads()).anyMatch(g -> g != group && needs(g, other, seen));
    }

    /** Returns all of them, each after those that it needs. */
    List<Group> ordered() {
        return TopologicalOrder.of(all, g -> makers(g.reads()).filter(x -> x != g).distinct().toList());
    }
}
