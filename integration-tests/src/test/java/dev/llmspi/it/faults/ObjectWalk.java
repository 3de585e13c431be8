package dev.llmspi.it.faults;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Visits all objects of this project that can be reached from one object, and prints each of them. It follows the
 * accessors of public types and, where the module system permits this (on the class path), also the fields.
 */
final class ObjectWalk {

    private static final String OURS = "dev.llmspi.";
    private static final String TESTS = "dev.llmspi.it.";
    /** The names of methods that have side effects, or whose result must never be printed. */
    private static final Set<String> NOT_ASKED = Set.of(
            "close",
            "cancel",
            "collect",
            "iterator",
            "initialize",
            "shutdown",
            "resetHealth",
            "reveal",
            "copy",
            "build");

    /**
     * The maximum number of visited objects per type. It is needed because some accessors return a new object on each
     * call.
     */
    private static final int ENOUGH = 100;

    private final Consumer<Object> printed;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> next = new ArrayDeque<>();
    private final Map<Class<?>, Integer> count = new HashMap<>();
    private int types;

    /** @param printed receives the string form of each object, together with its type */
    ObjectWalk(Consumer<Object> printed) {
        this.printed = printed;
    }

    void from(Object root) {
        add(root);
        while (!next.isEmpty()) {
            visit(next.poll());
        }
    }

    /** Returns the number of visited objects that belong to this project. */
    int printed() {
        return types;
    }

    private void add(Object thing) {
        if (thing != null && !(thing instanceof String) && !(thing instanceof Enum) && seen.add(thing)) {
            next.add(thing);
        }
    }

    private void visit(Object thing) {
        if (thing instanceof Collection<?> elements) {
            elements.forEach(this::add);
        } else if (thing instanceof Map<?, ?> map) {
            map.keySet().forEach(this::add);
            map.values().forEach(this::add);
        } else if (thing instanceof Optional<?> optional) {
            optional.ifPresent(this::add);
        } else if (thing instanceof AtomicReference<?> reference) {
            add(reference.get());
        } else if (thing instanceof Object[] array) {
            for (int i = 0; i < Array.getLength(array); i++) {
                add(array[i]);
            }
        } else if (isOurs(thing.getClass()) && count.merge(thing.getClass(), 1, Integer::sum) <= ENOUGH) {
            types++;
            printed.accept(thing.getClass().getName() + " says: " + thing);
            fields(thing);
            answers(thing);
        }
        if (isOurs(thing.getClass()) && (thing instanceof Collection || thing instanceof Map)) {
            printed.accept(thing.getClass().getName() + " says: " + thing);
        }
    }

    private static boolean isOurs(Class<?> type) {
        return type.getName().startsWith(OURS) && !type.getName().startsWith(TESTS);
    }

    private void fields(Object thing) {
        for (Class<?> type = thing.getClass(); type != null && isOurs(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())
                        && !field.getType().isPrimitive()
                        && field.trySetAccessible()) {
                    try {
                        add(field.get(thing));
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }
    }

    private void answers(Object thing) {
        if (thing.getClass().getName().endsWith("Builder")) {
            return;
        }
        for (Method method : thing.getClass().getMethods()) {
            boolean asks = method.getParameterCount() == 0
                    && method.getReturnType() != void.class
                    && !method.getReturnType().isPrimitive()
                    && isOurs(method.getDeclaringClass())
                    && !Modifier.isStatic(method.getModifiers())
                    && !NOT_ASKED.contains(method.getName());
            if (asks && method.canAccess(thing)) {
                try {
                    add(method.invoke(thing));
                } catch (InvocationTargetException e) {
                    printed.accept(Arrays.asList(method, e.getCause()));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }
}
