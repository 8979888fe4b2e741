package org.aarun.standin.toml;

/** A syntax error with its place. */
public final class TomlError extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TomlError(String message, int line, int column) {
        super(message + " (line " + line + ", column " + column + ")");
    }
}
