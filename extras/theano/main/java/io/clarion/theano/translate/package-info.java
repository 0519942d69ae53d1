/**
 * From a graph to the message that describes it to the worker. Knows {@code worker}, and neither engines nor devices.
 */
package io.clarion.theano.translate;
