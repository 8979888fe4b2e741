package org.aarun.standin.data;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.List;

/** JDBC drivers from the jars in repository/components/lib and dropins, or in folders that are named. */
public final class Drivers {
    private final ClassLoader loader;

    Drivers(Path home) throws IOException {
        this(home, "repository/components/lib", "repository/components/dropins");
    }

    public Drivers(Path home, String... folders) throws IOException {
        List<URL> jars = new ArrayList<>();
        for (String folder : folders) {
            Path path = home.resolve(folder);
            if (Files.isDirectory(path)) {
                try (DirectoryStream<Path> found = Files.newDirectoryStream(path, "*.jar")) {
                    for (Path jar : found) {
                        jars.add(jar.toUri().toURL());
                    }
                }
            }
        }
        loader = new URLClassLoader(jars.toArray(new URL[0]));
    }

    public Driver load(String className) throws ClassNotFoundException {
        if (className.equals("org.h2.Driver")) {
            throw new ClassNotFoundException("org.h2.Driver: the stand-in has no H2; configure a database of type postgre or mysql");
        }
        try {
            return (Driver) loader.loadClass(className).getDeclaredConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw e;
        } catch (ReflectiveOperationException e) {
            throw new ClassNotFoundException(className, e);
        }
    }
}
