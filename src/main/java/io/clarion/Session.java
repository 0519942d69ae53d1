package io.clarion;

import io.clarion.config.Configuration;
import io.clarion.config.Home;
import io.clarion.config.KerasJson;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of K from call to call: the configuration, the device in use, names given and the learning phase. */
final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(K.class);
    private static final Map<String, Integer> UIDS = new HashMap<>();
    /** What names given now begin with, on this thread. */
    private static final ThreadLocal<String> SCOPE = ThreadLocal.withInitial(() -> "");
    /** Devices that functions use together because their tensors name them. */
    private static final Map<List<String>, DeviceGroup> GROUPS = new HashMap<>();
    private static Configuration configuration;
    private static DeviceChoice choice;
    private static Device device;
    private static boolean announced;
    private static Tensor learningPhase;

    private Session() {}

    static synchronized Configuration configuration() {
        if (configuration == null) {
            configuration = KerasJson.read(Home.keras(), LOG::warn);
        }
        return configuration;
    }

    static synchronized Configuration configure(UnaryOperator<Configuration> change) {
        configuration = change.apply(configuration());
        return configuration;
    }

    /** Returns the device in use, opened at first need. */
    static synchronized Device device() {
        if (device == null) {
            device = choice().open();
        }
        return device;
    }

    /** Returns a function on the device in use, or on that and all devices which {@code graph} names. */
    static synchronized Function function(Graph graph) {
        Device own = device();
        var ids = new LinkedHashSet<>(own.parts().stream().map(d -> d.report().id()).toList());
        if (!ids.addAll(graph.devices())) {
            return own.parts().equals(List.of(own)) ? new Function(graph, own, () -> inTurns(own))
                    : new Function(graph, own);
        }
        return new Function(graph,
                GROUPS.computeIfAbsent(List.copyOf(ids),
                        x -> new DeviceGroup(ids.stream().map(id -> own.parts().stream()
                                .filter(d -> d.report().id().equals(id)).findFirst()
                                .orElseGet(() -> DeviceChoice.named(id).open())).toList())));
    }

    /** Returns a device that does the rows of a batch in turns where memory is short. */
    private static synchronized Device inTurns(Device device) {
        return GROUPS.compute(List.of(device.report().id()), (id,
                known) -> known != null && known.parts().contains(device) ? known : new DeviceGroup(List.of(device)));
    }

    /** Returns the engine in use. */
    static synchronized Engine engine() {
        return choice().engine();
    }

    /** Returns the name of the engine in use. */
    static String backend() {
        return engine().name();
    }

    static synchronized void use(DeviceChoice chosen, Device opened) {
        choice = chosen;
        device = opened;
        announce();
    }

    private static DeviceChoice choice() {
        if (choice == null) {
            choice = DeviceChoice.preferred(Engines.all(), configuration(), LOG::warn);
            announce();
        }
        return choice;
    }

    private static void announce() {
        if (!announced) {
            System.err.println("Using " + choice.engine().title() + " backend.");
            announced = true;
        }
    }

    static synchronized int uid(String prefix) {
        return UIDS.merge(prefix, 1, Integer::sum);
    }

    /** Returns what {@code body} gives, the names that are given in it beginning with {@code name} and a "/". */
    static <T> T within(String name, Supplier<T> body) {
        String outer = SCOPE.get();
        SCOPE.set(outer + name + "/");
        try {
            return body.get();
        } finally {
            SCOPE.set(outer);
        }
    }

    /**
     * Returns {@code name} or, if that is null, one of the given kind that nothing else has; within the scopes that are
     * open.
     */
    static synchronized String named(String name, String kind) {
        return SCOPE.get() + (name != null ? name : kind + "_" + uid(kind));
    }

    static synchronized Tensor learningPhase() {
        if (learningPhase == null) {
            learningPhase = Tensor.of(new Op.Placeholder(DType.INT32, Shape.SCALAR, "keras_learning_phase"));
        }
        return learningPhase;
    }

    static synchronized void setLearningPhase(int phase) {
        learningPhase = Tensor.literal(DType.INT32, phase);
    }

    static synchronized void clear() {
        UIDS.clear();
        learningPhase = null;
    }
}
