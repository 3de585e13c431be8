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
 * A JSON object seen leniently: what is absent, null or of another type than asked for is simply not there. Values are
 * String, Integer, Long, BigInteger, BigDecimal, Boolean, List, Map and null. Immutable as long as nobody changes the
 * map beneath.
 */
public final class JsonObject {

    private static final JsonObject EMPTY = new JsonObject(Map.of());
    // Beyond this, plain notation of a number would be a memory bomb.
    private static final int MAX_SCALE = 100;
    /** A longer text is no number anybody counts with; reading a megabyte of digits takes many seconds. */
    private static final int LONGEST_NUMBER = 100;

    private final Map<String, Object> members;

    private JsonObject(Map<String, Object> members) {
        this.members = members;
    }

    public static JsonObject of(Map<String, Object> members) {
        return new JsonObject(members);
    }

    /** The object in a JSON text; an empty one if it is anything else. */
    public static JsonObject parse(String text) {
        return JsonReader.STANDARD.objectIn(text);
    }

    /** The value as an object; an empty one if it is something else. */
    @SuppressWarnings("unchecked") // the parser makes no other maps
    static JsonObject from(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new JsonObject((Map<String, Object>) map) : EMPTY;
    }

    /** The value as a list; an empty one if it is something else. */
    static List<?> listIn(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** The members in their order. */
    public Map<String, Object> members() {
        return members;
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    /** The value as it stands; null if it is absent or null. */
    public @Nullable Object value(String name) {
        return members.get(name);
    }

    /** A text that is not blank; numbers and booleans as text. */
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

    /** The object under a name; an empty one if there is none. */
    public JsonObject object(String name) {
        return from(members.get(name));
    }

    /** The list under a name; an empty one if there is none. */
    public List<?> list(String name) {
        return listIn(members.get(name));
    }

    /** The objects in the list under a name; other elements are left out. */
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

    /** A number, or a text that is one. */
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

    /** A whole number of at least 0, or a text that is one. */
    public OptionalLong count(String name) {
        long count = countOrAbsent(name);
        return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
    }

    /** {@link #count}, negative where there is none. */
    long countOrAbsent(String name) {
        Object value = members.get(name);
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        if (value == null) {
            return -1; // the usual case, without a chain of optionals
        }
        return decimal(name)
                .filter(decimal -> decimal.stripTrailingZeros().scale() <= 0)
                .map(BigDecimal::toBigInteger)
                .filter(number -> number.signum() >= 0 && number.bitLength() < Long.SIZE)
                .map(BigInteger::longValue)
                .orElse(-1L);
    }

    /** Names only: values may be a prompt or an answer. */
    @Override
    public String toString() {
        return "JsonObject" + members.keySet();
    }
}
