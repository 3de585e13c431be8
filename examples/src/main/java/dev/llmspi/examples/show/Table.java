package dev.llmspi.examples.show;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A table with headings that fits into a width by truncating the widest column first. A row may have a note, which is
 * wrapped and printed below the row.
 */
public final class Table {

    private static final int NARROWEST = 6;
    private static final String GAP = "  ";

    private record Row(List<String> cells, String note) {}

    private final List<String> headings;
    private final Set<Integer> numbers;
    private final List<Row> rows = new ArrayList<>();
    private int cutFirst = -1;

    /**
     * Creates a table without rows.
     *
     * @param numbers the indexes of the columns to align to the right, counted from 0
     */
    public Table(List<String> headings, Set<Integer> numbers) {
        this.headings = headings;
        this.numbers = numbers;
    }

    /** Selects a column that is truncated before the widest column. */
    public Table cutFirst(int column) {
        this.cutFirst = column;
        return this;
    }

    public Table row(List<String> cells, String note) {
        rows.add(new Row(cells.stream().map(VisibleText::line).toList(), VisibleText.line(note)));
        return this;
    }

    /** Returns the lines of the table. */
    public List<String> lines(Style style, int width) {
        int[] columns = fit(width);
        List<String> lines = new ArrayList<>();
        lines.add(style.bold(line(headings, columns, style)));
        for (Row row : rows) {
            lines.add(line(row.cells, columns, style));
            if (!row.note.isEmpty()) {
                for (String line : wrap(row.note, width - 4)) {
                    lines.add(" ".repeat(4) + style.dim(line));
                }
            }
        }
        return lines;
    }

    private int[] fit(int width) {
        int[] columns = new int[headings.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = headings.get(i).length();
            for (Row row : rows) {
                columns[i] = Math.max(columns[i], length(row.cells.get(i)));
            }
        }
        int room = width - GAP.length() * (columns.length - 1);
        while (Arrays.stream(columns).sum() > room) {
            int widest = 0;
            for (int i = 1; i < columns.length; i++) {
                widest = columns[i] > columns[widest] ? i : widest;
            }
            widest = cutFirst >= 0 && columns[cutFirst] > NARROWEST ? cutFirst : widest;
            if (columns[widest] <= NARROWEST) {
                break;
            }
            columns[widest]--;
        }
        return columns;
    }

    private String line(List<String> cells, int[] columns, Style style) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < columns.length; i++) {
            String cell = style.cut(cells.get(i), columns[i]);
            String blanks = " ".repeat(Math.max(0, columns[i] - length(cell)));
            line.append(i == 0 ? "" : GAP).append(numbers.contains(i) ? blanks + cell : cell + blanks);
        }
        return line.toString().stripTrailing();
    }

    /** Breaks text into lines at spaces. A word that is longer than the width is not split. */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split(" +", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
