package dev.llmspi.openai.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A lenient view of a JSON object. A member that is null or has a type other than the requested one is treated as
 * absent. Values are String, Integer, Long, BigInteger, BigDecimal, Boolean, List, Map and null. The view is immutable
 * as long as the underlying map is not changed.
 */
public final class JsonObject {

    private static final JsonObject EMPTY = new JsonObject(Map.of());
    /** The maximum scale of a number. With a larger scale, a number could take gigabytes in plain notation. */
    private static final int MAX_SCALE = 100;
    /** The maximum length of a text that is read as a number, because a megabyte of digits takes many seconds. */
    private static final int LONGEST_NUMBER = 100;

    private final Map<String, Object> members;

    private JsonObject(Map<String, Object> members) {
        this.members = members;
    }

    public static JsonObject of(Map<String, Object> members) {
        return new JsonObject(members);
    }

    /** Parses a JSON text and returns the object in it; an empty object if the text is anything else. */
    public static JsonObject parse(String text) {
        return JsonReader.STANDARD.objectIn(text);
    }

    /** Returns the value as an object; an empty object if it is anything else. */
    @SuppressWarnings("unchecked") // the parser creates no other maps
    static JsonObject from(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new JsonObject((Map<String, Object>) map) : EMPTY;
    }

    /** Returns the value as a list; an empty list if it is anything else. */
    static List<?> listIn(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** Whether a value is null or an empty string, list or object. */
    static boolean isEmpty(@Nullable Object value) {
        return value == null
                || value.equals("")
                || value instanceof List<?> list && list.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty();
    }

    /** Returns the members in order. */
    public Map<String, Object> members() {
        return members;
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    /** Returns the value of a member; null if it is absent or null. */
    public @Nullable Object value(String name) {
        return members.get(name);
    }

    /** Returns a number, a boolean or a string that is not blank, as a string; empty if the member is anything else. */
    public Optional<String> text(String name) {
        Object value = members.get(name);
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            String text = value.toString();
            return text.isBlank() ? Optional.empty() : Optional.of(text);
        }
        return Optional.empty();
    }

    public boolean isTrue(String name) {
        return Boolean.TRUE.equals(members.get(name));
    }

    /** Returns the object in a member; an empty object if the member is anything else. */
    public JsonObject object(String name) {
        return from(members.get(name));
    }

    /** Returns the list in a member; an empty list if the member is anything else. */
    public List<?> list(String name) {
        return listIn(members.get(name));
    }

    /** Returns the objects in a list member. Other elements are omitted. */
    public List<JsonObject> objects(String name) {
        List<?> list = list(name);
        if (list.isEmpty()) {
            return List.of();
        }
        List<JsonObject> objects = new ArrayList<>(list.size());
        for (Object element : list) {
            if (element instanceof Map) {
                objects.add(from(element));
            }
        }
        return objects;
    }

    /** Returns a number, which may also be written as a string. */
    public Optional<BigDecimal> decimal(String name) {
        Object value = members.get(name);
        if (value instanceof BigDecimal decimal) {
            return plain(decimal);
        }
        if (value instanceof Number || value instanceof String text && text.length() <= LONGEST_NUMBER) {
            try {
                return plain(new BigDecimal(value.toString().strip()));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<BigDecimal> plain(BigDecimal decimal) {
        return Math.abs((long) decimal.scale()) > MAX_SCALE ? Optional.empty() : Optional.of(decimal);
    }

    /** Returns a non-negative integer, which may also be written as a string. */
    public OptionalLong count(String name) {
        long count = countOrAbsent(name);
        return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
    }

    /** Returns the number that {@link #count} returns; a negative number if {@link #count} returns empty. */
    long countOrAbsent(String name) {
        Object value = members.get(name);
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        if (value == null) {
            return -1; // no Optional is created for the usual case
        }
        return decimal(name)
                .filter(decimal -> decimal.stripTrailingZeros().scale() <= 0)
                .map(BigDecimal::toBigInteger)
                .filter(number -> number.signum() >= 0 && number.bitLength() < Long.SIZE)
                .map(BigInteger::longValue)
                .orElse(-1L);
    }

    /** Shows only the member names, because the values may contain a prompt or an answer. */
    @Override
    public String toString() {
        return "JsonObject" + members.keySet();
    }
}
