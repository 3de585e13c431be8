package dev.llmspi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server that sends the complete answer over TLS and HTTP/1.1, with one thread per connection. */
final class TlsServer {

    private final ServerSocket socket;
    private final Replies replies = new Replies();

    private TlsServer(ServerSocket socket) {
        this.socket = socket;
    }

    /**
     * Starts the server and returns its port.
     *
     * @param keys the key store with the server's certificate, made by {@link TlsKeys}
     */
    static int start(Path keys) throws IOException, GeneralSecurityException {
        ServerSocket socket = sockets(keys).createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(new TlsServer(socket)::accept);
        return socket.getLocalPort();
    }

    private static ServerSocketFactory sockets(Path keys) throws IOException, GeneralSecurityException {
        char[] password = TlsKeys.PASSWORD.toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, password);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context.getServerSocketFactory();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = socket.accept();
                client.setTcpNoDelay(true);
                daemon(() -> serve(client));
            } catch (IOException e) {
                return; // the process ends
            }
        }
    }

    private void serve(Socket client) {
        RequestReader requests = new RequestReader();
        try (client) {
            ReadableByteChannel in = Channels.newChannel(client.getInputStream());
            OutputStream out = client.getOutputStream();
            while (in.read(requests.room()) >= 0) {
                while (requests.next() != null) {
                    ByteBuffer answer = replies.answer();
                    out.write(answer.array(), 0, answer.remaining());
                }
            }
        } catch (IOException e) {
            // the client has disconnected
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tls-server");
        thread.setDaemon(true);
        thread.start();
    }
}
