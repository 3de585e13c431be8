package dev.llmspi.openai.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Splits the body of a stream into events, line by line. */
final class PlainEvents {

    /**
     * The data of an event.
     *
     * @param whole whether a blank line ended the event; false if the body ended before such a line
     */
    record Event(byte[] data, boolean whole) {}

    private PlainEvents() {}

    static List<Event> of(byte[] body) {
        List<Event> events = new ArrayList<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; ) {
            int end = at;
            while (end < body.length && body[end] != '\n' && body[end] != '\r') {
                end++;
            }
            String field = new String(body, at, Math.min(6, end - at), StandardCharsets.ISO_8859_1);
            if (field.startsWith("data:")) {
                int value = at + (field.equals("data: ") ? 6 : 5);
                if (data.size() > 0) {
                    data.write('\n');
                }
                data.write(body, value, end - value);
            } else if (end == at && data.size() > 0) {
                events.add(new Event(data.toByteArray(), true));
                data.reset();
            }
            boolean pair = end + 1 < body.length && body[end] == '\r' && body[end + 1] == '\n';
            at = end + (pair ? 2 : 1);
        }
        if (data.size() > 0) {
            events.add(new Event(data.toByteArray(), false));
        }
        return events;
    }
}
