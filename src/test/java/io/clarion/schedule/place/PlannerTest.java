package io.clarion.schedule.place;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.schedule.cost.CostModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannerTest {
    @Test
    void bytesGoFromDeviceToDeviceByWayOfTheHost() {
        Device device = Engines.named("reference").orElseThrow().open("reference:0");
        CostModel costs = CostModel.ofUser();
        long many = 1 << 30;
        double there = perByte(costs, device, CostModel.Direction.TO_DEVICE, many);
        double back = perByte(costs, device, CostModel.Direction.FROM_DEVICE, many);
        Machine machine = Planner.machine(costs, List.of(device, device));
        assertEquals(1 / (there + back), machine.bytesPerSecond()[0][1], 1e-3 / (there + back));
        long memory = device.report().memory();
        assertArrayEquals(new long[] {memory, memory}, machine.memory());
    }

    private static double perByte(CostModel costs, Device device, CostModel.Direction direction, long many) {
        return (costs.transferSeconds(device, direction, many) - costs.transferSeconds(device, direction, 0)) / many;
    }
}
