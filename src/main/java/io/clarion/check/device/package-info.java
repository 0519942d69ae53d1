/**
 * The checks of a device: a list of functions, each with a tolerance, compared with stated results or with the
 * reference engine's.
 *
 * <p>For {@code clarion check} and tests. Uses K, the reference engine, and engines by their SPI.
 */
package io.clarion.check.device;
