/**
 * Devices that work as one: the members of a group, their failures and returns, the threads that wait for them, and the
 * copies of variables that each has.
 *
 * <p>For {@code schedule} and its packages; of users' concern is {@link io.clarion.schedule.group.NoDeviceLeft} alone.
 * Uses engines by their SPI, and knows neither batches nor placements.
 */
package io.clarion.schedule.group;
