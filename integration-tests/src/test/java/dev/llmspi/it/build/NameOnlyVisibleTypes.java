package dev.llmspi.it.build;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A condition that a class meets if its public and protected signatures name only types that the users of the class can
 * see.
 */
final class NameOnlyVisibleTypes extends ArchCondition<JavaClass> {

    private final Set<String> exported;

    NameOnlyVisibleTypes(Collection<String> exported) {
        super("name only visible types");
        this.exported = Set.copyOf(exported);
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        if (!isVisible(type)) {
            return;
        }
        Stream<JavaType> supertypes = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        supertypes.forEach(supertype -> checkType(type.getDescription(), supertype, events));
        type.getFields().stream().filter(NameOnlyVisibleTypes::isOpen).forEach(field -> checkField(field, events));
        type.getCodeUnits().stream().filter(NameOnlyVisibleTypes::isOpen).forEach(unit -> checkCodeUnit(unit, events));
    }

    private void checkField(JavaField field, ConditionEvents events) {
        checkType(field.getDescription(), field.getType(), events);
    }

    private void checkCodeUnit(JavaCodeUnit unit, ConditionEvents events) {
        checkType(unit.getDescription(), unit.getReturnType(), events);
        unit.getParameterTypes().forEach(parameter -> checkType(unit.getDescription(), parameter, events));
        unit.getExceptionTypes().forEach(thrown -> checkType(unit.getDescription(), thrown, events));
        unit.getTypeParameters().forEach(variable -> checkType(unit.getDescription(), variable, events));
    }

    private void checkType(String where, JavaType named, ConditionEvents events) {
        named.getAllInvolvedRawTypes().stream()
                .map(JavaClass::getBaseComponentType)
                .filter(raw -> !isKnownToUsers(raw))
                .forEach(raw -> events.add(SimpleConditionEvent.violated(raw, where + " names " + raw.getName())));
    }

    private boolean isKnownToUsers(JavaClass raw) {
        String home = raw.getPackageName();
        return raw.isPrimitive()
                || home.equals("java")
                || home.startsWith("java.")
                || home.equals("org.jspecify.annotations")
                || exported.contains(home);
    }

    /** Returns whether a class and all its enclosing classes are public or protected. */
    private static boolean isVisible(JavaClass type) {
        return isOpen(type)
                && type.getEnclosingClass().map(NameOnlyVisibleTypes::isVisible).orElse(true);
    }

    private static boolean isOpen(HasModifiers declared) {
        Set<JavaModifier> modifiers = declared.getModifiers();
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && !modifiers.contains(JavaModifier.SYNTHETIC);
    }
}
