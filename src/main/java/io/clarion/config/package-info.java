/**
 * The user's choices, {@code ~/.keras/keras.json} and the environment, and the reading and writing of Clarion's own
 * files.
 *
 * <p>For all packages but graphs and tensors; not for users. Uses the words of K's signatures alone.
 */
package io.clarion.config;
