/**
 * Values of tensors and their types: dtypes, shapes, arrays of the host and of devices, and NumPy's files.
 *
 * <p>For users and authors of engines. Uses nothing else of Clarion's.
 */
package io.clarion.tensor;
