/** Who does which task, so that the last ends early: task graphs, machines and placements, which know nothing of tensors. */
package io.clarion.schedule.place;
