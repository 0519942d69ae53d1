/**
 * Fetches once for each user what is too large to come along, into a folder of Clarion's.
 *
 * <p>For engines. Uses {@code config}.
 */
package io.clarion.config.fetch;
