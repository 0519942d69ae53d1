/**
 * The workloads that speed is measured on, as the command line runs them.
 *
 * <p>For {@code clarion bench}. Uses models, K, and groups of devices.
 */
package io.clarion.bench;
