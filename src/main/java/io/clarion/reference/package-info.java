/** The reference engine: plain Java in double precision, which walks the graph as it was written. */
package io.clarion.reference;
