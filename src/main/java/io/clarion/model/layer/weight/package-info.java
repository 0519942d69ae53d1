/**
 * Settings of layers' weights: initialisers, regularisers and constraints; and the checks of layers' inputs.
 *
 * <p>For users, but for the checks. Uses {@link io.clarion.K}; knows no layer.
 */
package io.clarion.model.layer.weight;
