package org.aarun.standin.toml;

/** A syntax error with its place. */
public final class TomlError extends RuntimeException {
    public TomlError(String message, int line, int column) {
        super(message + " (line " + line + ", column " + column + ")");
    }
}
