package org.aarun.standin.gateway;

/** One operation of an API: verb, target, whether it needs a token, and its throttling policy. */
public final class Resource {
    public final String verb;
    public final String target;
    public final boolean open;
    public final String policy;

    public Resource(String verb, String target, boolean open, String policy) {
        this.verb = verb;
        this.target = target;
        this.open = open;
        this.policy = policy;
    }

    boolean matches(String method, String path) {
        if (!verb.equals("*") && !verb.equalsIgnoreCase(method)) {
            return false;
        }
        String rest = path.isEmpty() ? "/" : path;
        return target.endsWith("*") ? rest.startsWith(target.substring(0, target.length() - 1)) : rest.equals(target);
    }
}
