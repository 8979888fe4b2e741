package org.aarun.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The release that a pack plays, as bin/version.txt says it: 3.x keeps APIs as files, 4.x in the database. */
public final class Version {
    private static final Pattern LINE = Pattern.compile("v(\\d+)\\.(\\d+)\\.\\d+");

    public final String number;
    private final int major;
    private final int minor;

    private Version(Matcher line) {
        this.number = line.group().substring(1);
        this.major = Integer.parseInt(line.group(1));
        this.minor = Integer.parseInt(line.group(2));
    }

    public static Version of(Path pack) throws IOException {
        Path file = pack.resolve("bin/version.txt");
        Matcher line = LINE.matcher(Files.exists(file) ? Files.readString(file) : "");
        if (!line.find()) {
            throw new IOException(file + " names no release: a directory of lab/releases has to lie over the pack");
        }
        return new Version(line);
    }

    public boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }

    /** 4.x and later: gateways pull API artifacts from apim_db. */
    public boolean artifactsInDatabase() {
        return major >= 4;
    }

    @Override
    public String toString() {
        return "WSO2 API Manager-" + number + " (stand-in)";
    }
}
