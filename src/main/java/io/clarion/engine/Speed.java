package io.clarion.engine;

/**
 * The measured speed of a device.
 *
 * @param readGBs             bandwidth of reading global memory, in 10⁹ bytes a second
 * @param copyGBs             bandwidth of copying in global memory, in 10⁹ bytes a second, what is read and what is
 *                            written both counted
 * @param gflops              fused multiply-adds in single precision, counted as two operations, in 10⁹ a second
 * @param launchMicros        one kernel in a long chain, in microseconds
 * @param launchAndWaitMicros one kernel and the wait for it, in microseconds
 */
public record Speed(double readGBs, double copyGBs, double gflops, double launchMicros, double launchAndWaitMicros) {}
