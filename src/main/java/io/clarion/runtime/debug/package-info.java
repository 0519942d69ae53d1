/**
 * The NaN debugger: finds the first operation of a call that produced NaN or infinity from finite inputs.
 *
 * <p>Users see {@link io.clarion.runtime.debug.NotFinite} alone. Uses engines by their SPI, graphs and tensors.
 */
package io.clarion.runtime.debug;
