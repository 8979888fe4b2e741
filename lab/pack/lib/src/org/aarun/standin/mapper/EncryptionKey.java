package org.aarun.standin.mapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/**
 * 4.7 makes up a key when deployment.toml has none, and writes it there: two nodes that were not given one have two, and can't
 * read each other's secrets.
 */
public final class EncryptionKey {
    private EncryptionKey() {
    }

    public static void ensure(Path home) throws IOException {
        Path toml = home.resolve(Mapper.TOML);
        if (!Files.exists(toml)) {
            return;
        }
        Object encryption = Mapper.parse(toml).root.get("encryption");
        if (encryption instanceof Map && ((Map<?, ?>) encryption).get("key") != null) {
            return;
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        StringBuilder key = new StringBuilder();
        for (byte part : random) {
            key.append(String.format("%02x", part));
        }
        String line = "key = \"" + key + "\"\n";
        String text = Files.readString(toml);
        Files.writeString(toml, encryption == null ? "[encryption]\n" + line + "\n" + text : text.replaceFirst("(?m)^\\[encryption]\\n", "$0" + line));
        System.out.println("[ALERT] No encryption key is configured in deployment.toml. A key was made up and written there.");
    }
}
