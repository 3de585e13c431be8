package dev.llmspi.api;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The form of the answer's text. Immutable. */
public final class ResponseFormat {

    /** Later releases may add values: keep a default branch. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** A JSON object of the model's choice. */
        JSON_OBJECT,
        /** JSON that follows a schema. */
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

    /** Any text. */
    public static ResponseFormat text() {
        return TEXT;
    }

    /** A JSON object of the model's choice; say in the prompt that JSON is wanted. */
    public static ResponseFormat jsonObject() {
        return JSON_OBJECT;
    }

    /**
     * JSON that follows a schema exactly, where the model can promise that. Check the answer all the same.
     *
     * @param name letters, digits, dashes and underscores, at most 64
     * @param schema the JSON Schema, as text, sent as it stands
     */
    public static ResponseFormat jsonSchema(String name, String schema) {
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException(
                    "schema name must consist of 1 to 64 letters, digits, dashes and underscores, not \"" + name
                            + "\"");
        }
        return new ResponseFormat(Type.JSON_SCHEMA, name, Objects.requireNonNull(schema, "schema"), true);
    }

    /** This format, with the schema as a hint only. */
    public ResponseFormat lenient() {
        return new ResponseFormat(type, name, schema, false);
    }

    public Type type() {
        return type;
    }

    /** The schema's name. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** The JSON Schema, as text. */
    public Optional<String> schema() {
        return Optional.ofNullable(schema);
    }

    /** Whether the schema is to be followed exactly. */
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
