package io.clarion.opencl.driver;

/** When the device worked on a command, by its own clock, in nanoseconds. */
public record Span(long start, long end) {}
