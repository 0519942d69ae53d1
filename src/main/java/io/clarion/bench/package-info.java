/** The workloads that speed is measured on, as the command line runs them. */
package io.clarion.bench;
