/** What sits on K: models of layers, losses, optimizers and their training; the digits, and the demo's nets for them. */
package io.clarion.model;
