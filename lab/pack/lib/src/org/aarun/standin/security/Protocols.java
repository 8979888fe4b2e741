package org.aarun.standin.security;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** TLS versions of a listener: "TLSv1.2,+TLSv1.3" or "[TLSv1.2, TLSv1.3]". Text that names none means what the product has without any setting. */
public final class Protocols {
    private static final Pattern NAME = Pattern.compile("TLSv1(\\.[123])?");
    private static final String[] WITHOUT_SETTING = {"TLSv1", "TLSv1.1", "TLSv1.2"};

    private Protocols() {
    }

    public static String[] of(String configured) {
        List<String> out = new ArrayList<>();
        for (Matcher name = NAME.matcher(configured); name.find();) {
            out.add(name.group());
        }
        return out.isEmpty() ? WITHOUT_SETTING : out.toArray(new String[0]);
    }
}
