package dev.llmspi.openai.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** A certificate authority that no JVM trusts. It exports its certificate in the formats that users configure. */
final class Authority {

    private final HeldCertificate root =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    /** Returns the certificate and key of a server with this name. */
    HandshakeCertificates server(String host) {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName(host)
                .signedBy(root)
                .build();
        return new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .addTrustedCertificate(root.certificate())
                .build();
    }

    /** Returns the certificate and key of a client with this name. */
    HeldCertificate client(String name) {
        return new HeldCertificate.Builder().commonName(name).signedBy(root).build();
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
