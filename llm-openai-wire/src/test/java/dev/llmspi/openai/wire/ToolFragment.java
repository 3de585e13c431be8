package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One element of a {@code tool_calls} list. */
final class ToolFragment {

    private static final List<String> NOTHING = List.of("", "null", "\"\"");

    /** The number of the fragment's call in the answer. */
    final int call;

    /** The id as a JSON value, or null if the fragment omits it. */
    @Nullable
    String id;

    @Nullable
    String name;

    @Nullable
    String arguments;

    ToolFragment(int call, @Nullable String arguments) {
        this.call = call;
        this.arguments = arguments;
    }

    /** Returns whether the fragment has neither a name nor arguments. Such a fragment cannot start a call. */
    boolean isSilent() {
        return name == null && (arguments == null || arguments.replace("\"", "").isBlank());
    }

    /** Returns the element with its members in random order. An omitted member is missing, null or empty. */
    String json(@Nullable String index, Random random) {
        List<String> function = new ArrayList<>();
        add(function, "name", name, random);
        add(function, "arguments", arguments, random);
        Collections.shuffle(function, random);
        List<String> members = new ArrayList<>();
        if (index != null) {
            members.add("\"index\":" + index);
        } else if (random.nextInt(4) == 0) {
            members.add("\"index\":null");
        }
        add(members, "id", id, random);
        if (random.nextBoolean()) {
            members.add("\"type\":\"function\"");
        }
        if (!function.isEmpty() || random.nextBoolean()) {
            members.add("\"function\":{" + String.join(",", function) + "}");
        }
        Collections.shuffle(members, random);
        return "{" + String.join(",", members) + "}";
    }

    private static void add(List<String> members, String name, @Nullable String value, Random random) {
        String said = value == null ? NOTHING.get(random.nextInt(NOTHING.size())) : value;
        if (!said.isEmpty()) {
            members.add("\"" + name + "\":" + said);
        }
    }
}
