/**
 * The SPI of engines: what an engine author implements, and how engines and devices are found.
 *
 * <p>An author implements {@link io.clarion.engine.Engine}, {@link io.clarion.engine.Device} and
 * {@link io.clarion.engine.Executable}; {@code docs/reference/engine-spi.md} tells how. Users see
 * {@link io.clarion.engine.DeviceChoice} and the reports. Uses graphs, tensors, the configuration and
 * {@code engine.metrics}; knows no engine and no function.
 */
package io.clarion.engine;
