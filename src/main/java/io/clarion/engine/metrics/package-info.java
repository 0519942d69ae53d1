/**
 * Metrics of devices: counts of calls, busy time and memory, in files that other processes of the user can read.
 *
 * <p>An engine tells its {@link io.clarion.engine.metrics.DeviceMetrics} when calls arrive, start, stop and leave. Uses
 * the configuration alone.
 */
package io.clarion.engine.metrics;
