package dev.llmspi.api;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The format of the answer's text. Instances are immutable. */
public final class ResponseFormat {

    /** The type of a response format. Later releases may add values, so a switch needs a default branch. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** A JSON object without a schema. */
        JSON_OBJECT,
        /** JSON that conforms to a schema. */
        JSON_SCHEMA
    }

    private static final ResponseFormat TEXT = new ResponseFormat(Type.TEXT, null, null, false);
    private static final ResponseFormat JSON_OBJECT = new ResponseFormat(Type.JSON_OBJECT, null, null, false);

    private final Type type;
    private final @Nullable String name;
    private final @Nullable String schema;
    private final boolean strict;

    private ResponseFormat(Type type, @Nullable String name, @Nullable String schema, boolean strict) {
        this.type = type;
        this.name = name;
        this.schema = schema;
        this.strict = strict;
    }

    /** Returns the format that allows any text. */
    public static ResponseFormat text() {
        return TEXT;
    }

    /** Returns the format for a JSON object without a schema. The prompt must ask for JSON. */
    public static ResponseFormat jsonObject() {
        return JSON_OBJECT;
    }

    /**
     * Returns the format for JSON that conforms exactly to a schema. Not all models guarantee this, so validate the
     * answer.
     *
     * @param name the schema name: 1 to 64 letters, digits, dashes or underscores
     * @param schema the JSON Schema as a string, which is sent unchanged
     */
    public static ResponseFormat jsonSchema(String name, String schema) {
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException(
                    "schema name must consist of 1 to 64 letters, digits, dashes and underscores, not \"" + name
                            + "\"");
        }
        return new ResponseFormat(Type.JSON_SCHEMA, name, Objects.requireNonNull(schema, "schema"), true);
    }

    /** Returns a copy of this format in which the schema is only a hint to the model. */
    public ResponseFormat lenient() {
        return new ResponseFormat(type, name, schema, false);
    }

    public Type type() {
        return type;
    }

    /** Returns the schema name, or empty if there is no schema. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** Returns the JSON Schema as a string, or empty if there is no schema. */
    public Optional<String> schema() {
        return Optional.ofNullable(schema);
    }

    /** Returns whether the answer must conform to the schema exactly. */
    public boolean isStrict() {
        return strict;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResponseFormat that
                && type == that.type
                && Objects.equals(name, that.name)
                && Objects.equals(schema, that.schema)
                && strict == that.strict;
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, name, schema, strict);
    }

    @Override
    public String toString() {
        return "ResponseFormat[" + type + "]";
    }
}
