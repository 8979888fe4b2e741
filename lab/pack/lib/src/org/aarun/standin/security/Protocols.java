package org.aarun.standin.security;

import java.util.ArrayList;
import java.util.List;

/** TLS versions of a listener: "TLSv1.2,+TLSv1.3". Text that names none means what the product has without any setting. */
public final class Protocols {
    private static final String[] WITHOUT_SETTING = {"TLSv1", "TLSv1.1", "TLSv1.2"};

    private Protocols() {
    }

    public static String[] of(String configured) {
        List<String> out = new ArrayList<>();
        for (String name : configured.split("[,+\\s]+")) {
            if (name.matches("TLSv1(\\.[123])?")) {
                out.add(name);
            }
        }
        return out.isEmpty() ? WITHOUT_SETTING : out.toArray(new String[0]);
    }
}
