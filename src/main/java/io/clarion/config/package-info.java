/** What the user chose: {@code ~/.keras/keras.json} and the environment. */
package io.clarion.config;
