package dev.llmspi.it.field;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts right and wrong results for each row of the corpus, and formats them as a table. */
final class Tally {

    private static final class Row {
        private final Set<String> cases = new TreeSet<>();
        private final Set<String> wrongCases = new TreeSet<>();
        private int right;
        private int wrong;
    }

    private final Map<String, Row> rows = new TreeMap<>();

    void add(FieldCase fieldCase, boolean right) {
        Row row = rows.computeIfAbsent(fieldCase.row(), name -> new Row());
        row.cases.add(fieldCase.name());
        if (right) {
            row.right++;
        } else {
            row.wrong++;
            row.wrongCases.add(fieldCase.name());
        }
    }

    /** Returns the number of runs without differences. */
    int right() {
        return rows.values().stream().mapToInt(row -> row.right).sum();
    }

    /** Returns the number of runs with differences. */
    int wrong() {
        return rows.values().stream().mapToInt(row -> row.wrong).sum();
    }

    /** Returns the table, with one line per row and one line for the total. */
    String table() {
        StringBuilder table = new StringBuilder("Real servers' habits, docs/maintainers/field.md\n");
        line(table, "row", "cases", "right", "wrong", "runs", "right", "wrong");
        Row all = new Row();
        rows.forEach((name, row) -> {
            line(table, name, row);
            row.cases.forEach(one -> all.cases.add(name + one));
            row.wrongCases.forEach(one -> all.wrongCases.add(name + one));
            all.right += row.right;
            all.wrong += row.wrong;
        });
        line(table, "all", all);
        return table.toString();
    }

    private static void line(StringBuilder table, String name, Row row) {
        int cases = row.cases.size();
        int wrong = row.wrongCases.size();
        line(table, name, cases, cases - wrong, wrong, row.right + row.wrong, row.right, row.wrong);
    }

    private static void line(StringBuilder table, Object... cells) {
        table.append(String.format("  %-4s %6s %6s %6s   %6s %6s %6s%n", cells));
    }
}
