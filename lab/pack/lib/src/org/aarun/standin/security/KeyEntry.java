package org.aarun.standin.security;

import java.security.PrivateKey;
import java.security.cert.Certificate;

/** One private key with its certificate chain. */
public final class KeyEntry {
    public final PrivateKey key;
    public final Certificate[] chain;

    KeyEntry(PrivateKey key, Certificate[] chain) {
        this.key = key;
        this.chain = chain;
    }
}
