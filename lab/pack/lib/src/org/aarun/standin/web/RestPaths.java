package org.aarun.standin.web;

import org.aarun.standin.Version;

/** Patterns for where a release has its REST APIs: each is there under the version of that release, and under no other. */
public final class RestPaths {
    public final String publisher;
    public final String developerPortal;
    public final String admin;
    public final String registration;

    public RestPaths(Version version) {
        String publisher = !version.atLeast(3, 1) ? "v1.0" : !version.atLeast(4, 0) ? "v1" : !version.atLeast(4, 1) ? "v2" : !version.atLeast(4, 2) ? "v3" : "v4";
        String admin = !version.atLeast(3, 1) ? "v0.15" : !version.atLeast(3, 2) ? "v0.16" : publisher;
        String portal = !version.atLeast(4, 0) ? "store/" + publisher : "devportal/" + (version.atLeast(4, 2) ? "v3" : "v2");
        String registration = version.atLeast(3, 2) ? "v0.17" : admin;
        this.publisher = pattern("/api/am/publisher/" + publisher);
        this.developerPortal = pattern("/api/am/" + portal);
        this.admin = pattern("/api/am/admin/" + admin);
        this.registration = pattern("/client-registration/" + registration + "/register");
    }

    private static String pattern(String path) {
        return path.replace(".", "\\.");
    }
}
