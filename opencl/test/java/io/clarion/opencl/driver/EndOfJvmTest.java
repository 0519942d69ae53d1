package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platforms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndOfJvmTest {
    /** Ends while a call is under way, which goes on for a while after the end has begun. */
    static final class DuringCall {
        private DuringCall() {}

        public static void main(String[] arguments) throws InterruptedException {
            var begun = new CountDownLatch(1);
            var ending = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown));
            Thread.ofPlatform().daemon().start(() -> DeepStack.call(() -> {
                begun.countDown();
                try {
                    ending.await();
                } catch (InterruptedException e) {
                    return 1;
                }
                for (long end = System.nanoTime() + 200_000_000; System.nanoTime() < end;) {
                    Thread.onSpinWait();
                }
                System.out.println("done");
                return 0;
            }));
            begun.await();
            System.exit(0);
        }
    }

    /** Ends while a device compiles kernels that were just queued, and goes on queueing them. */
    static final class DuringLaunches {
        private static final int KERNELS = 8;

        private DuringLaunches() {}

        public static void main(String[] arguments) throws InterruptedException {
            DeviceInfo device = Platforms.usableDevices().stream().filter(d -> d.id().equals(arguments[0])).findFirst()
                    .orElseThrow();
            var begun = new CountDownLatch(1);
            Thread.ofPlatform().daemon().start(() -> {
                Context context = Context.open(device);
                Program program = context.build(
                        IntStream.range(0, KERNELS).mapToObj(DuringLaunches::kernel).collect(Collectors.joining("\n")),
                        "");
                Buffer x = context.allocate(4096);
                for (int i = 0; i < KERNELS; i++) {
                    context.queue().enqueue(program.kernel("k" + i).arg(0, x), new long[] {64}, new long[] {64});
                    context.queue().flush();
                    begun.countDown();
                }
            });
            begun.await();
            Thread.sleep(100);
            System.exit(0);
        }

        /** Returns the text of a kernel that takes a compiler a while. */
        private static String kernel(int number) {
            String terms = IntStream.range(0, 24)
                    .mapToObj(i -> "v = exp(v) * " + (number + i) + ".5f + sin(v / x[" + i + "]);")
                    .collect(Collectors.joining("\n    "));
            return "kernel void k" + number + "(global float *x) {\n    float v = x[get_global_id(0)];\n    " + terms
                    + "\n    x[get_global_id(0)] = v;\n}";
        }
    }

    private static void endsWell(String said, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED", "-XX:ErrorFile=/dev/stderr", "-cp",
                        System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertEquals(said, new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        assertEquals(0, child.waitFor());
    }

    @Test
    void theEndWaitsForTheCompiler() throws IOException, InterruptedException {
        endsWell("done", DuringCall.class);
    }

    @EveryDevice
    void theEndWaitsForKernelsThatAreCompiledWhenTheyRun(DeviceInfo device) throws IOException, InterruptedException {
        endsWell("", DuringLaunches.class, device.id());
    }
}
