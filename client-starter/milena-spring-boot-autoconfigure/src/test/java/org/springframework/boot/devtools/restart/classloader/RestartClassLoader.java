package org.springframework.boot.devtools.restart.classloader;

import java.net.URL;
import java.net.URLClassLoader;

/** Stands for DevTools's class loader, which has this name. */
public class RestartClassLoader extends URLClassLoader {
    public RestartClassLoader(URL[] urls) {
        super(urls);
    }
}
