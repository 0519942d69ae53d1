/**
 * Random programs of K, run on a device and on the reference engine, and shrunk to a few lines of Java where the two
 * differ.
 *
 * <p>For {@code clarion check --random} and tests. Uses K, the reference engine, and engines by their SPI.
 */
package io.clarion.check;
