/** Functions on several devices at once, of whatever engines; {@code docs/explanation/scheduling.md} has the pictures. */
package io.clarion.schedule;
