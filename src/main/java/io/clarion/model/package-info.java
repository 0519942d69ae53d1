/** What sits on K: optimizers, initialisers, data sets, the demo's nets and their training. */
package io.clarion.model;
