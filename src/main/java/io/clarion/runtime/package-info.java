/**
 * The runtime: {@link io.clarion.runtime.Function}, which computes a graph on a device, and what it does around a call.
 *
 * <p>Users touch {@code Function} alone. The rest checks inputs and indices, takes watches out of a graph before it is
 * compiled, and trims outputs. Uses engines by their SPI, graphs and tensors.
 */
package io.clarion.runtime;
