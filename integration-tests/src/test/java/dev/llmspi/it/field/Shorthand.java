package dev.llmspi.it.field;

import java.util.List;

/**
 * Expands the abbreviated stream body in a case file. Each line is sent unchanged, except for these abbreviations:
 *
 * <pre>
 * C{…}                        data: {"choices":[{…}]} and a blank line
 * T{…}                        C{"index":0,"delta":{"tool_calls":[{…}]},"finish_reason":null}
 * T(0, call_1, get_x, "{}")   the same with index, ID, name and arguments; - omits a value
 * D{…}                        data: {…} and a blank line
 * [DONE]                      data: [DONE] and a blank line
 * </pre>
 *
 * <p>A line that ends with a backslash is sent without the backslash and without a line ending. Blank lines at the end
 * are ignored. The event of the last line is complete without a blank line after it.
 */
final class Shorthand {

    private static final String DONE = "data: [DONE]";

    private Shorthand() {}

    /** @param done whether to add {@code [DONE]} at the end */
    static String body(List<String> lines, boolean done, String lineEnd) {
        int last = lines.size();
        while (last > 0 && lines.get(last - 1).isBlank()) {
            last--;
        }
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < last; i++) {
            String line = lines.get(i);
            String event = event(line);
            if (!event.isEmpty()) {
                body.append(event).append(lineEnd).append(lineEnd);
            } else if (line.endsWith("\\")) {
                body.append(line, 0, line.length() - 1);
            } else {
                body.append(line).append(lineEnd);
            }
        }
        boolean open = last > 0 && event(lines.get(last - 1)).isEmpty();
        if (open && !lines.get(last - 1).endsWith("\\")) {
            body.append(lineEnd);
        }
        return body + (done ? DONE + lineEnd + lineEnd : "");
    }

    /** Returns the event that a line abbreviates, or {@code ""} if the line must be sent unchanged. */
    private static String event(String line) {
        if (line.equals("[DONE]")) {
            return DONE;
        }
        if (line.startsWith("C{")) {
            return "data: {\"choices\":[" + line.substring(1) + "]}";
        }
        if (line.startsWith("D{")) {
            return "data: " + line.substring(1);
        }
        if (line.startsWith("T{")) {
            return toolCall(line.substring(1));
        }
        if (line.startsWith("T(") && line.endsWith(")")) {
            return toolCall(members(line.substring(2, line.length() - 1)));
        }
        return "";
    }

    private static String toolCall(String members) {
        return "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + members
                + "]},\"finish_reason\":null}]}";
    }

    private static String members(String list) {
        String[] values = list.split(",", 4);
        if (values.length < 4) {
            throw new IllegalArgumentException("T( takes index, id, name and arguments, not: " + list);
        }
        StringBuilder members = new StringBuilder("{");
        add(members, "\"index\":", values[0].strip(), false);
        add(members, "\"id\":", values[1].strip(), true);
        StringBuilder function = new StringBuilder("{");
        add(function, "\"name\":", values[2].strip(), true);
        add(function, "\"arguments\":", values[3].strip(), false);
        add(members, "\"function\":", function.append('}').toString(), false);
        String json = members.append('}').toString();
        JsonText.read(json);
        return json;
    }

    private static void add(StringBuilder object, String name, String value, boolean word) {
        if (value.equals("-")) {
            return;
        }
        if (object.length() > 1) {
            object.append(',');
        }
        object.append(name).append(word && !value.startsWith("\"") ? JsonText.quoted(value) : value);
    }
}
