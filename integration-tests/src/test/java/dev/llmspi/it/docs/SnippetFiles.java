package dev.llmspi.it.docs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.tls.HeldCertificate;

/** Creates the files that a configuration in the documentation names: certificates, keys, key stores and secrets. */
final class SnippetFiles {

    private static final Pattern PATH = Pattern.compile("\"/(?:[\\w.-]+/)*([\\w.-]+)\"");
    private static final String SECRET = "secret";

    private final Path folder;
    private final HeldCertificate certificate = new HeldCertificate.Builder().build();

    SnippetFiles(Path folder) {
        this.folder = folder;
    }

    /** Creates all files with an absolute path in the text, and returns the text with the paths of the new files. */
    String create(String text) throws IOException, GeneralSecurityException {
        Matcher path = PATH.matcher(text);
        StringBuilder changed = new StringBuilder();
        while (path.find()) {
            Path file = folder.resolve(path.group(1));
            write(file);
            path.appendReplacement(changed, Matcher.quoteReplacement("\"" + file + "\""));
        }
        return path.appendTail(changed).toString();
    }

    private void write(Path file) throws IOException, GeneralSecurityException {
        String name = file.getFileName().toString();
        if (name.endsWith(".p12")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", certificate.keyPair().getPrivate(), SECRET.toCharArray(), new Certificate[] {
                certificate.certificate()
            });
            try (OutputStream out = Files.newOutputStream(file)) {
                store.store(out, SECRET.toCharArray());
            }
        } else if (name.endsWith(".pem")) {
            Files.writeString(file, certificate.certificatePem());
        } else if (name.endsWith(".key")) {
            Files.writeString(file, certificate.privateKeyPkcs8Pem());
        } else {
            Files.writeString(file, SECRET);
        }
    }
}
