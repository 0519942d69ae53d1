/**
 * The command {@code clarion}: a class a command. It sees devices only through {@link io.clarion.engine.Engine}.
 *
 * <p>{@link io.clarion.cli.Main} alone is for others. Uses {@code cli.terminal}, checks, benchmarks and models.
 */
package io.clarion.cli;
