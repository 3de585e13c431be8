package dev.llmspi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs all contestants in rounds, in a different order each time, and writes the table. The contestants of each module
 * run in a separate JVM, and only one of these JVMs works at a time. All contestants use the same server process.
 */
public final class Race {

    private static final List<String> MODULES = List.of("by-hand", "langchain4j", "openai-java", "spring-ai", "llmspi");
    private static final int STREAMS = 5_000;
    private static final int COLD_STARTS = 25;
    private static final List<String> COMMANDS = List.of("--help", "chat Why");
    private static final String HELD = "held " + STREAMS + " 10 2000";

    private final Path folder;
    private final int rounds;
    private final String java =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private final ServerProcess server;
    private final Map<String, ContestantJvm> jvms = new LinkedHashMap<>();
    private final Map<String, ContestantJvm> tlsJvms = new LinkedHashMap<>();
    private final Map<String, Path> modules = new LinkedHashMap<>();
    private final Map<Row, Results> results = new LinkedHashMap<>();
    private final Results cold = new Results();
    private final Results commands = new Results();
    private final Launcher launcher;
    private final Map<String, Double> held = new LinkedHashMap<>();
    private double busiest;

    private Race(Path folder, Path program, int rounds) throws IOException {
        this.folder = folder;
        this.launcher = new Launcher(program);
        this.rounds = rounds;
        this.server = new ServerProcess(folder.resolve("harness"));
        Row.ALL.forEach(row -> results.put(row, new Results()));
    }

    /**
     * @param arguments the {@code benchmarks} folder, the {@code llm} program, the document to update, and the number
     *     of rounds
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Race race = new Race(folder, Path.of(arguments[1]), Integer.parseInt(arguments[3]));
        try {
            race.run();
        } finally {
            race.close();
        }
        Table table = new Table(race.results, race.cold, race.commands, race.held, STREAMS, race.busiest);
        table.write(Path.of(arguments[2]), race.rounds, COLD_STARTS);
    }

    private void run() throws Exception {
        for (String module : MODULES) {
            ContestantJvm jvm = ContestantJvm.start(java, folder.resolve(module), server.url(), List.of());
            ContestantJvm tls = ContestantJvm.start(
                    java,
                    folder.resolve(module),
                    server.tlsUrl(),
                    server.keys().trustOptions());
            for (String name : jvm.names()) {
                jvms.put(name, jvm);
                tlsJvms.put(name, tls);
                modules.put(name, folder.resolve(module));
            }
        }
        for (int round = 0; round <= rounds; round++) { // the first round is a warm-up
            System.err.println("round " + round + " of " + rounds);
            race(round);
        }
        close(jvms);
        close(tlsJvms);
        for (int round = 0; round <= COLD_STARTS; round++) {
            for (String name : order(round)) {
                double millis = ContestantJvm.firstAnswer(java, modules.get(name), server.url(), name);
                if (round > 0) {
                    cold.add(name, millis);
                }
            }
            for (String command : COMMANDS) {
                double millis = launcher.millis(server.url(), command.split(" "));
                if (round > 0) {
                    commands.add(command, millis);
                }
            }
        }
        for (String name : modules.keySet()) {
            held.put(name, hold(name));
            System.err.println(name + ": " + held.get(name) + " of " + STREAMS + " streams in time");
        }
    }

    private void race(int round) throws IOException {
        for (Measured measured : measured()) {
            for (String name : order(round)) {
                ContestantJvm jvm = (measured.tls ? tlsJvms : jvms).get(name);
                measured.cores.place(server.pid(), jvm.pid());
                long cpu = server.cpuNanos();
                long start = System.nanoTime();
                Map<String, Double> figures = jvm.run(name, measured.scenario);
                double busy = (double) (server.cpuNanos() - cpu) / (System.nanoTime() - start);
                if (round == 0) {
                    continue;
                }
                busiest = Math.max(busiest, busy);
                results.forEach((row, rows) -> {
                    if (measured.equals(Measured.of(row))) {
                        rows.add(name, figures.getOrDefault(row.figure(), Double.NaN));
                    }
                });
            }
        }
    }

    /** A scenario and a placement that are measured together, for one or more rows of the table. */
    private record Measured(String scenario, Cores cores, boolean tls) {

        static Measured of(Row row) {
            return new Measured(row.scenario(), row.cores(), row.tls());
        }
    }

    private static Set<Measured> measured() {
        Set<Measured> all = new LinkedHashSet<>();
        Row.ALL.forEach(row -> all.add(Measured.of(row)));
        return all;
    }

    private List<String> order(int round) {
        List<String> names = new ArrayList<>(modules.keySet());
        List<String> order = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            order.add(names.get((i + round) % names.size()));
        }
        return order;
    }

    private double hold(String name) throws IOException, InterruptedException {
        try (ContestantJvm jvm = ContestantJvm.start(java, modules.get(name), server.url(), List.of())) {
            jvm.run(name, "held 50 2 200"); // loads the classes before the measurement
            return jvm.run(name, HELD).getOrDefault("in-time", 0.0);
        } finally {
            TimeUnit.SECONDS.sleep(2); // waits while thousands of connections are closed
        }
    }

    private static void close(Map<String, ContestantJvm> jvms) {
        jvms.values().forEach(ContestantJvm::close);
    }

    private void close() {
        close(jvms);
        close(tlsJvms);
        server.close();
    }
}
