package io.clarion.tensorflow;

import io.clarion.engine.DeviceFailure;
import io.clarion.tensorflow.runtime.EagerContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.util.Optional;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;

/** TensorFlow-Java's native libraries: whether they are on the class path, and the first context that loads them. */
final class Natives {
    private static final String FOLDER = "/org/tensorflow/internal/c_api/";
    private static final String GPU = "-gpu";

    private Natives() {}

    /** Returns why TensorFlow cannot be used here; empty if it can. Loads nothing. */
    static Optional<String> problem() {
        return has("") || has(GPU) ? Optional.empty()
                : Optional.of("the class path has no natives of TensorFlow-Java for " + Loader.getPlatform()
                        + ": add org.tensorflow:tensorflow-core-native:" + version() + " with the classifier "
                        + Loader.getPlatform()
                        + ", if TensorFlow-Java has one for it (linux-x86_64, linux-arm64, macosx-arm64)");
    }

    /** Returns whether the natives are those that can use NVIDIA's GPUs. */
    static boolean canUseGpus() {
        return has(GPU);
    }

    private static boolean has(String extension) {
        return library(extension) != null;
    }

    private static URL library(String extension) {
        return Natives.class
                .getResource(FOLDER + Loader.getPlatform() + extension + "/" + System.mapLibraryName("jnitensorflow"));
    }

    /** Returns the version of TensorFlow-Java, such as "1.1.0". */
    static String version() {
        try (InputStream in = Natives.class
                .getResourceAsStream("/META-INF/maven/org.tensorflow/tensorflow-core-native/pom.properties")) {
            var properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "of unknown version");
        } catch (IOException e) {
            return "of unknown version";
        }
    }

    /**
     * Opens a context, for which the libraries are loaded if they are not yet; says so if they have to be unpacked
     * first.
     */
    static EagerContext open() {
        problem().ifPresent(why -> {
            throw new DeviceFailure(why);
        });
        try {
            if (!isUnpacked()) {
                System.err.println("TensorFlow's libraries are unpacked to " + Loader.getCacheDir()
                        + ", once; they take 652 MB there.");
            }
            return EagerContext.open();
        } catch (IOException | LinkageError e) {
            throw new DeviceFailure("TensorFlow's libraries cannot be loaded: " + e.getMessage());
        }
    }

    /** Returns whether the libraries are unpacked. JavaCPP unpacks those of a jar into a folder of the jar's name. */
    private static boolean isUnpacked() throws IOException {
        String jar = String.valueOf(library(has(GPU) ? GPU : ""));
        int end = jar.indexOf(".jar!");
        return end < 0 || Files
                .exists(Loader.getCacheDir().toPath().resolve(jar.substring(jar.lastIndexOf('/', end) + 1, end + 4)));
    }
}
