package io.clarion.device;

import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tiles for GPUs give the reference's results on every device: a few of all that can be tuned to, or all with
 * {@code -Dclarion.sweep=full}.
 */
class GpuTileTest {
    private static final int FEW = 35;

    /** PoCL and rusticl take minutes for a large tile, if they come to an end. */
    private static Stream<GpuTile> tiles(TestedDevice device) {
        boolean isFast = device.facts().type() != DeviceInfo.Type.CPU || device.facts().id().startsWith("intel");
        List<GpuTile> space = isFast ? GpuTile.space() : GpuTile.space(device.facts());
        int step = System.getProperty("clarion.sweep", "").equals("full") ? 1 : isFast ? FEW : space.size();
        return Stream
                .concat(isFast ? Stream.of(GpuTile.WIDE.get(0)) : Stream.of(),
                        IntStream.range(0, space.size()).filter(i -> i % step == step / 2).mapToObj(space::get))
                .distinct().filter(t -> t.fits(device.facts()));
    }

    @EveryDevice
    void everyTileGivesTheReferencesResults(TestedDevice device) {
        for (GpuTile tile : tiles(device).toList()) {
            try (var open = new OpenClDevice(device.facts(), Strategy.gpu(4, 1, 8, List.of(tile)), () -> {})) {
                var c = new Comparison();
                var draw = new Draw(1);
                Stream.of(ProductCases.products(33, 37, 17), ProductCases.products(68, 36, 72),
                        ProductCases.convolutions(2, 9, 5, 7),
                        ProductCases.convolutions(1, 12, 8, 12)).flatMap(List::stream).forEach(p -> {
                            p.inputs().forEach(x -> c.input(x, draw.array(DType.FLOAT32, -1, 1, x.shape())));
                            c.expect(p.what(), p.result(), Tolerance.composed(1, p.terms()));
                        });
                c.check(List.of(new TestedDevice(device + " with " + tile, device.facts(), open, true)));
            }
        }
    }
}
