package dev.llmspi.openai.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Vouches for servers no JVM knows, and writes down who it is in the forms users have. */
final class Authority {

    private final HeldCertificate root =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    /** What a server of that name needs. */
    HandshakeCertificates server(String host) {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName(host)
                .signedBy(root)
                .build();
        return new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    }

    String pem() {
        return root.certificatePem();
    }

    Path pemFile(Path folder) throws IOException {
        return Files.writeString(folder.resolve("ca.pem"), "# who it is\n" + root.certificatePem());
    }

    Path store(Path folder, String password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", root.certificate());
        Path file = folder.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return file;
    }
}
