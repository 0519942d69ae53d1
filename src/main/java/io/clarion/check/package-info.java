/** Random programs of K, run on a device and on the reference engine, and shrunk to a few lines of Java where the two differ. */
package io.clarion.check;
