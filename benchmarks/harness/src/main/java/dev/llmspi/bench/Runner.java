package dev.llmspi.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The main class of a contestant's JVM. It prints the names of its contestants, one per line, and an empty line. Then
 * it reads commands, one per line (the name of a contestant, a tab, a scenario and its numbers), and prints a line of
 * figures for each. With a second argument, it makes one call with that contestant and exits, so that the time from the
 * start of the JVM to the first answer can be measured.
 */
public final class Runner {

    private Runner() {}

    /** @param arguments the server's address, and optionally the name of the contestant that makes a single call */
    public static void main(String[] arguments) throws Exception {
        URI server = URI.create(arguments[0]);
        List<Contestant> contestants = new ArrayList<>();
        ServiceLoader.load(Contestant.class).forEach(contestants::add);
        if (arguments.length > 1) {
            askOnce(find(contestants, arguments[1]), server);
            return;
        }
        contestants.forEach(contestant -> System.out.println(contestant.name()));
        System.out.println();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] command = line.split("\t");
            Contestant contestant = find(contestants, command[0]);
            System.out.println(figures(new Scenario(contestant, server), List.of(command[1].split(" "))));
        }
        System.exit(0);
    }

    private static String figures(Scenario scenario, List<String> command) {
        try {
            StringBuilder line = new StringBuilder();
            for (Map.Entry<String, Double> figure : scenario.run(command).entrySet()) {
                line.append(figure.getKey())
                        .append('=')
                        .append(figure.getValue())
                        .append(' ');
            }
            return line.toString();
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            return "failed";
        }
    }

    private static void askOnce(Contestant contestant, URI server) {
        try (Contestant.Client client = contestant.open(server.resolve("/answer/v1"), 1)) {
            System.out.println(client.conversation(List.of()).ask("Why is the sky blue?"));
        }
        System.exit(0);
    }

    private static Contestant find(List<Contestant> contestants, String name) {
        for (Contestant contestant : contestants) {
            if (contestant.name().equals(name)) {
                return contestant;
            }
        }
        throw new IllegalArgumentException("unknown contestant " + name);
    }
}
