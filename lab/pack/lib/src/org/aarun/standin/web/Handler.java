package org.aarun.standin.web;

/** Answers one call. */
public interface Handler {
    Response handle(Request request) throws Exception;
}
