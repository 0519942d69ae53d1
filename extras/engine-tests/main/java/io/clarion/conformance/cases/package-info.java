/**
 * The cases of the conformance tests: golden ones, edges, and random ones.
 *
 * <p>For {@code conformance}. Uses K and the reference engine.
 */
package io.clarion.conformance.cases;
