/**
 * The tests that every engine passes, for authors of engines: a class extends each of them.
 *
 * <p>{@code docs/reference/engine-spi.md} tells how. Uses K, engines by their SPI, and JUnit.
 */
package io.clarion.conformance;
