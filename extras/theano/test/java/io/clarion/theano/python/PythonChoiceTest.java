package io.clarion.theano.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.clarion.theano.TestedPython;
import io.clarion.theano.python.PythonChoice.Choice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Python is chosen, and what is said where there is none. */
class PythonChoiceTest {
    private static final PrintStream QUIET = new PrintStream(new ByteArrayOutputStream());
    private static final String NONE = " has none of the modules theano, aesara, pytensor, and ";

    @TempDir
    Path home;

    private LibraryFetch fetch(Map<String, String> environment) {
        return new LibraryFetch(List.of(home), environment, QUIET);
    }

    /** Returns the choice where the user has said nothing. */
    private Choice choice(Map<String, String> environment, String python) {
        return PythonChoice.of(Optional.empty(), fetch(environment), python);
    }

    private Choice choice(String wish) {
        return PythonChoice.of(Optional.of(wish), fetch(Map.of()));
    }

    /** A Python that says what {@code lines} are. */
    private String python(String... lines) throws IOException {
        String echoes = String.join("\n", List.of(lines).stream().map(line -> "echo " + line).toList());
        Path script = Files.writeString(home.resolve("python3"), "#!/bin/sh\n" + echoes + "\n");
        script.toFile().setExecutable(true);
        return script.toString();
    }

    @Test
    void theUsersChoiceIsTaken() {
        Python here = TestedPython.get();
        assertEquals(new PythonChoice.Ready(here), choice(here.command() + "," + here.module()));
        assertEquals(new PythonChoice.Ready(here), choice(" " + here.command() + " , " + here.module() + " "));
    }

    @Test
    void aWishThatCannotBeReadIsRefusedWithWhatWouldDo() {
        for (String wish : List.of("python3", "python3,", ",theano", "python3,tensorflow", "a,b,theano")) {
            assertEquals(new PythonChoice.Unusable(
                    "CLARION_THEANO is \"" + wish + "\"; a Python and a module of it would do, which may be "
                            + "theano, aesara, pytensor: CLARION_THEANO=python3,pytensor"),
                    choice(wish));
        }
    }

    @Test
    void aWishThatIsNotThereIsRefused() throws IOException {
        assertEquals(
                new PythonChoice.Unusable("CLARION_THEANO names /no/python, which is no Python that can be started"),
                choice("/no/python,theano"));
        String empty = python("3.11.7");
        assertEquals(
                new PythonChoice.Unusable("CLARION_THEANO names " + empty
                        + ", which has no module aesara: install it there, or name another"),
                choice(empty + ",aesara"));
    }

    @Test
    void aMachineWithoutPythonIsToldWhatToInstall() {
        assertEquals(new PythonChoice.Unusable(
                "there is no /no/python3 on the path: install Python, or name one that has Theano, Aesara or PyTensor, "
                        + "as in CLARION_THEANO=/usr/bin/python3,pytensor"),
                choice(Map.of(), "/no/python3"));
    }

    @Test
    void aPythonThatHasALibraryIsTaken() throws IOException {
        String python = python("3.8.18", "theano", "1.0.5");
        assertEquals(new PythonChoice.Ready(new Python(python, "3.8.18", "theano", "1.0.5")), choice(Map.of(), python));
    }

    @Test
    void aPythonWithoutALibraryMayGetOneUnlessItIsOfAnotherVersionOrTheUserRefuses() throws IOException {
        assertInstanceOf(PythonChoice.Fetchable.class, choice(Map.of(), python("3.12.1")));
        String old = python("3.9.2");
        assertEquals(
                new PythonChoice.Unusable(old + NONE + "is Python 3.9.2, where Clarion can fetch one for 3.11 to 3.14: "
                        + "install one of them, or name another Python in CLARION_THEANO=python,module"),
                choice(Map.of(), old));
        String recent = python("3.11.7");
        assertEquals(new PythonChoice.Unusable(recent + NONE + "CLARION_FETCH_THEANO says that none is to be fetched: "
                + "install one of them (python3 -m pip install pytensor)"),
                choice(Map.of("CLARION_FETCH_THEANO", "no"), recent));
    }

    @Test
    void whatWasFetchedIsUsedUnlessTheUserRefuses() throws IOException {
        String machine = python("3.11.7");
        Path fetched = Files.createDirectories(home.resolve("engines/theano/bin")).resolve("python");
        Files.writeString(fetched, "#!/bin/sh\necho 3.11.7; echo pytensor; echo 3.0.7\n").toFile().setExecutable(true);
        assertEquals(new PythonChoice.Ready(new Python(fetched.toString(), "3.11.7", "pytensor", "3.0.7")),
                choice(Map.of(), machine));
        assertInstanceOf(PythonChoice.Unusable.class, choice(Map.of("CLARION_FETCH_THEANO", "no"), machine));
    }
}
