/**
 * Cost models of devices: how long operations and transfers take, guessed at first, learned from calls, and kept on
 * disk.
 *
 * <p>For {@code schedule} and its packages, not for users. Uses engines by their SPI, graphs and the configuration.
 */
package io.clarion.schedule.cost;
