/**
 * The reference engine: plain Java in double precision, which walks the graph as it was written.
 *
 * <p>Nothing here is for users: {@link io.clarion.engine.Engines} finds it. Uses engines' SPI, graphs and tensors.
 */
package io.clarion.reference;
