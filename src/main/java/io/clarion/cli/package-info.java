/** The command {@code clarion}. It sees devices only through {@link io.clarion.engine.Engine}. */
package io.clarion.cli;
