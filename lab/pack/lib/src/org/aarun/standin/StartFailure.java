package org.aarun.standin;

/** A reason not to start: logged with the product's message, then exit 1. */
public final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public final String logger;

    public StartFailure(String logger, String message, Throwable cause) {
        super(message, cause);
        this.logger = logger;
    }

    public StartFailure(String logger, String message) {
        this(logger, message, null);
    }
}
