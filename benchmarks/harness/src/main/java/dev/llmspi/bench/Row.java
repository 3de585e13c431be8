package dev.llmspi.bench;

import java.util.List;

/**
 * A row of the table.
 *
 * @param cores the placement of client and server
 * @param scenario the scenario that yields the figure
 * @param tls whether the calls use TLS
 * @param figure the name of the figure in the scenario
 * @param unit the format of the baseline's own figure, for {@link String#format}
 * @param reach the target for the whole chain, as a ratio to the baseline
 * @param more whether a higher figure is better
 */
record Row(
        String title,
        Cores cores,
        String scenario,
        boolean tls,
        String figure,
        String unit,
        double reach,
        boolean more) {

    private static final String FIRST = "conversation-first 200 200000";
    private static final String AGAIN = "conversation-again 200 200000";

    static final List<Row> ALL = List.of(
            call("one caller: bytes allocated per call", Cores.ONE, "bytes", "%,.0f", 1.1),
            call("… CPU per call, client and server on one core", Cores.ONE, "cpu", "%.0f µs", 1.05),
            call("… CPU per call, on two cores", Cores.TWO, "cpu", "%.0f µs", 1.05),
            call("… p50, on one core", Cores.ONE, "p50", "%.0f µs", 1.05),
            call("… p50, on two cores", Cores.TWO, "p50", "%.0f µs", 1.05),
            more("calls/s, 32 callers", "callers 32 2", 0.95),
            more("calls/s, 256 callers", "callers 256 2", 0.95),
            less("stream: CPU per chunk (~300 bytes)", "stream", "cpu", "%.2f µs", 0.60),
            less("stream: bytes per chunk", "stream", "bytes", "%,.0f", 0.30),
            less("stream: first chunk p50", "stream", "first", "%.0f µs", 1.0),
            less("200 messages, 200 KB, the first time: p50", FIRST, "p50", "%,.0f µs", 0.8),
            less("… bytes allocated", FIRST, "bytes", "%,.0f", 0.5),
            less("… from the second call on: p50", AGAIN, "p50", "%,.0f µs", 0.35),
            less("… bytes allocated", AGAIN, "bytes", "%,.0f", 0.35),
            overTls("… from the second call on, over TLS: p50", "p50", "%,.0f µs"),
            overTls("… CPU per call", "cpu", "%,.0f µs"),
            overTls("… bytes allocated", "bytes", "%,.0f"));

    private static Row call(String title, Cores cores, String figure, String unit, double reach) {
        return new Row(title, cores, "calls", false, figure, unit, reach, false);
    }

    private static Row less(String title, String scenario, String figure, String unit, double reach) {
        return new Row(title, Cores.ANY, scenario, false, figure, unit, reach, false);
    }

    private static Row overTls(String title, String figure, String unit) {
        return new Row(title, Cores.ANY, AGAIN, true, figure, unit, 1.0, false);
    }

    private static Row more(String title, String scenario, double reach) {
        return new Row(title, Cores.ANY, scenario, false, "calls", "%,.0f", reach, true);
    }

    boolean isReached(double ratio) {
        return more ? ratio >= reach : ratio <= reach;
    }
}
