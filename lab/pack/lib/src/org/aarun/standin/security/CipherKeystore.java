package org.aarun.standin.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Map;
import org.aarun.standin.StartFailure;
import org.aarun.standin.Version;
import org.aarun.standin.conf.Placeholders;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.toml.TomlDocument;

/**
 * Which keystore the cipher tool takes. Up to 4.1 the one that the rendered carbon.xml names: before the first start that
 * is the shipped wso2carbon.jks, whatever deployment.toml says. From 4.2 on deployment.toml is read.
 */
final class CipherKeystore {
    final String use;
    final String location;
    final Path path;
    final String type;
    final String alias;

    private CipherKeystore(Path home, String use, String location, String type, String alias) {
        this.use = use;
        this.location = location;
        this.path = Keystores.path(home, location);
        this.type = type;
        this.alias = alias;
    }

    static CipherKeystore find(Path home, TomlDocument document, Version version) throws IOException {
        return version.atLeast(4, 2) ? fromToml(home, document) : fromCarbonXml(home);
    }

    private static CipherKeystore fromCarbonXml(Path home) throws IOException {
        XmlConf security = XmlConf.read(home, "carbon.xml", new Placeholders()).all("Security").get(0);
        String element = security.text("InternalKeyStore/Location").isEmpty() ? "KeyStore" : "InternalKeyStore";
        return new CipherKeystore(home, element.equals("KeyStore") ? "Primary" : "Internal", security.text(element + "/Location"),
            security.text(element + "/Type"), security.text(element + "/KeyAlias"));
    }

    private static CipherKeystore fromToml(Path home, TomlDocument document) {
        String internal = value(document, "internal", "file_name", "");
        String use = internal.isEmpty() ? "primary" : "internal";
        return new CipherKeystore(home, internal.isEmpty() ? "Primary" : "Internal",
            "repository/resources/security/" + value(document, use, "file_name", "wso2carbon.jks"),
            value(document, use, "type", "JKS"), value(document, use, "alias", "wso2carbon"));
    }

    private static String value(TomlDocument document, String use, String key, String otherwise) {
        Object at = document.root;
        for (String part : new String[] {"keystore", use, key}) {
            at = at instanceof Map ? ((Map<?, ?>) at).get(part) : null;
        }
        return at == null ? otherwise : at.toString();
    }

    Certificate certificate(String password) {
        String problem = "Error loading keyStore from ' " + path + " ' ";
        try (InputStream in = Files.newInputStream(path)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(in, password.toCharArray());
            Certificate certificate = store.getCertificate(alias);
            if (certificate == null) {
                throw new StartFailure("", "Error initializing Cipher: " + path + " has no " + alias);
            }
            return certificate;
        } catch (IOException | GeneralSecurityException e) {
            throw new StartFailure("", problem, e);
        }
    }
}
