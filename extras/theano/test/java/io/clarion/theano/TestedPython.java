package io.clarion.theano;

import io.clarion.config.Environment;
import io.clarion.config.Home;
import io.clarion.engine.Engines;
import io.clarion.theano.python.LibraryFetch;
import io.clarion.theano.python.Python;
import io.clarion.theano.python.PythonChoice;

/** The Python that the engine uses on this machine. */
public final class TestedPython {
    private TestedPython() {}

    /** Returns it, fetched if it has to be. */
    public static Python get() {
        Engines.named("theano").orElseThrow().open("theano:0");
        return ((PythonChoice.Ready) PythonChoice.of(Environment.value("clarion.theano", "CLARION_THEANO"),
                new LibraryFetch(Home.clarionFolders(), System.getenv(), System.err))).python();
    }
}
