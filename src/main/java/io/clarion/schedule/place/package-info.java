/**
 * Graphs whose operations are placed on devices, so that the last device ends early.
 *
 * <p>{@link io.clarion.schedule.place.PlacedExecutable} is what {@code schedule} uses; of users' concern is
 * {@link io.clarion.schedule.place.NoRoom} alone. The algorithm, {@code EarliestFinish} on a {@code TaskGraph} and a
 * {@code
 * Machine}, knows nothing of tensors. Uses {@code schedule.group} and {@code schedule.cost}.
 */
package io.clarion.schedule.place;
