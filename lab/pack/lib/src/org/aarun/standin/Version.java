package org.aarun.standin;

/** Which release the pack plays: 3.x keeps APIs as files, 4.x in the database. */
public final class Version {
    public final String number;
    public final int major;
    public final int minor;

    public Version(String number) {
        this.number = number;
        String[] parts = number.split("\\.");
        this.major = Integer.parseInt(parts[0]);
        this.minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
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
