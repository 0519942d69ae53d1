/**
 * Calls whose batch is divided among devices: the partition of a graph, shards of fixed shares, and chunks that free
 * devices take from a queue.
 *
 * <p>For {@code schedule}, not for users. Uses {@code schedule.group} and {@code schedule.cost}.
 */
package io.clarion.schedule.batch;
