package dev.llmspi.openai.wire;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of a small JSON object in their order; cannot be changed. An answer consists of such objects, and here a
 * member takes 8 bytes where a hash map takes 50.
 */
final class FewMembers extends AbstractMap<String, @Nullable Object> {

    /** Beyond this, looking at one name after the other takes longer than hashing. */
    private static final int MOST = 12;

    private static final int AT_FIRST = 4;

    /** Names and values in turn. */
    private final @Nullable Object[] members;

    private final int length;

    private FewMembers(@Nullable Object[] members, int length) {
        this.members = members;
        this.length = length;
    }

    /** Gathers members as they are read; of two with one name the later value counts. */
    static final class Builder {
        private @Nullable Object[] few = new Object[2 * AT_FIRST];
        private int length;
        private @Nullable Map<String, @Nullable Object> many;

        void add(String name, @Nullable Object value) {
            if (many != null) {
                many.put(name, value);
                return;
            }
            int index = indexOf(few, length, name);
            if (index >= 0) {
                few[index + 1] = value;
            } else if (length == 2 * MOST) {
                many = new LinkedHashMap<>(new FewMembers(few, length));
                many.put(name, value);
            } else {
                if (length == few.length) {
                    few = Arrays.copyOf(few, 2 * length);
                }
                few[length++] = name;
                few[length++] = value;
            }
        }

        Map<String, @Nullable Object> build() {
            return many == null ? new FewMembers(few, length) : many;
        }
    }

    private static int indexOf(@Nullable Object[] members, int length, @Nullable Object name) {
        for (int i = 0; i < length; i += 2) {
            if (Objects.equals(members[i], name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
        int index = indexOf(members, length, name);
        return index < 0 ? null : members[index + 1];
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return indexOf(members, length, name) >= 0;
    }

    @Override
    public int size() {
        return length / 2;
    }

    /** Without an entry for each member. */
    @Override
    public void forEach(BiConsumer<? super String, ? super @Nullable Object> action) {
        for (int i = 0; i < length; i += 2) {
            action.accept((String) members[i], members[i + 1]);
        }
    }

    @Override
    public Set<Map.Entry<String, @Nullable Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return length / 2;
            }

            @Override
            public Iterator<Map.Entry<String, @Nullable Object>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<String, @Nullable Object>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < length;
        }

        @Override
        public Map.Entry<String, @Nullable Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            next += 2;
            return new SimpleImmutableEntry<>((String) members[next - 2], members[next - 1]);
        }
    }
}
