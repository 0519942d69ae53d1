package io.clarion.schedule.batch;

import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.schedule.cost.CostModel;
import io.clarion.schedule.cost.Effort;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.FastestExecutable;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.List;
import java.util.Map;

/**
 * A graph of rows that need no others, on several devices: in shares, or where a call takes long in chunks if that is
 * faster, as chunks cost a call each, and small ones read the same weights for fewer rows.
 */
public final class RowsExecutable implements Executable {
    /**
     * The seconds of a call from which on there are chunks: the smallest then takes a few milliseconds, beside which a
     * call counts little.
     */
    private static final double LONG = 0.1;
    /** The seconds of a call below which there are chunks no more: far fewer, as either has to be compiled. */
    private static final double SHORT = 0.03;
    private final int rows;
    private final RowRates rates;
    private final SplitExecutable shares;
    private final Executable either;
    private Executable now;

    /** Makes an executable of a partition that {@link BatchPartition#isRowByRow}. */
    public RowsExecutable(BatchPartition partition, Map<Dim.Symbol, Integer> sizes, DeviceTeam devices) {
        this.rows = partition.rows();
        this.rates = new RowRates(devices.speeds());
        this.shares = new SplitExecutable(partition, sizes, devices, rates);
        this.either = new FastestExecutable(List.of(new GuidedExecutable(partition, sizes, devices, rates), shares),
                devices::now);
        this.now = estimate(partition.graph().specialise(sizes), devices) > LONG ? either : shares;
    }

    /** Returns how many seconds a call may take, before any was made. */
    private static double estimate(Graph graph, DeviceTeam devices) {
        List<Effort> efforts = graph.tensors().stream().map(Effort::of).toList();
        return 1 / devices.devices().stream().mapToDouble(d -> 1 / CostModel.ofUser().seconds(d, efforts)).sum();
    }

    @Override
    public List<NDArray> call(List<NDArray> inputs, long draw) {
        List<NDArray> results = now.call(inputs, draw);
        chooseAgain();
        return results;
    }

    @Override
    public void call(List<? extends Value> inputs, List<NDArray> into, long draw) {
        now.call(inputs, into, draw);
        chooseAgain();
    }

    private void chooseAgain() {
        double seconds = rates.seconds(rows);
        Executable better = seconds > LONG ? either : seconds < SHORT ? shares : now;
        if (better != now) {
            now.close();
            now = better;
        }
    }

    @Override
    public String explain() {
        return now.explain();
    }

    @Override
    public String explain(String pass) {
        return now.explain(pass);
    }

    @Override
    public void close() {
        now.close();
    }
}
