package dev.llmspi.examples.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Restores arguments that Java could not decode. Java decodes arguments in the charset of the locale, and puts U+FFFD
 * in the place of every byte that it cannot decode. Where the system has a {@code /proc} file system, the original
 * bytes are still there.
 */
final class Arguments {

    private static final char UNDECODED = '\ufffd';
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /**
     * Returns the arguments as they were typed.
     *
     * @throws IllegalArgumentException if an argument is not text
     */
    static String[] asTyped(String[] args) {
        return Arrays.stream(args).allMatch(arg -> arg.indexOf(UNDECODED) < 0) || !Files.isReadable(COMMAND_LINE)
                ? args
                : decoded(args, commandLine());
    }

    /** @param commandLine the arguments of the process, each with a zero byte at its end */
    static String[] decoded(String[] args, byte[] commandLine) {
        List<byte[]> typed = split(commandLine);
        int skipped = typed.size() - args.length; // the options of Java itself
        if (skipped < 0) {
            return args;
        }
        String[] decoded = args.clone();
        for (int i = 0; i < args.length; i++) {
            if (args[i].indexOf(UNDECODED) >= 0) {
                decoded[i] = decode(typed.get(skipped + i), args[i]);
            }
        }
        return decoded;
    }

    private static String decode(byte[] bytes, String damaged) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("this argument is not UTF-8 text: " + damaged, e);
        }
    }

    private static byte[] commandLine() {
        try {
            return Files.readAllBytes(COMMAND_LINE);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static List<byte[]> split(byte[] commandLine) {
        List<byte[]> arguments = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                arguments.add(Arrays.copyOfRange(commandLine, start, i));
                start = i + 1;
            }
        }
        return arguments;
    }
}
