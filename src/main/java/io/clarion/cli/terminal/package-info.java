/**
 * The terminal of a command: its context, child processes, tables, progress lines, and errors of use.
 *
 * <p>For {@code cli} alone. Knows no command.
 */
package io.clarion.cli.terminal;
