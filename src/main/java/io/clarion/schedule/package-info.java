/**
 * Functions on several devices at once, of whatever engines; {@code docs/explanation/scheduling.md} has the pictures.
 *
 * <p>Users touch this package alone: a {@link io.clarion.schedule.DeviceGroup} is a device that shares each call among
 * others. It uses {@code schedule.batch}, which divides the batch, {@code schedule.place}, which places operations, and
 * what both rest on: {@code schedule.group} and {@code schedule.cost}.
 */
package io.clarion.schedule;
