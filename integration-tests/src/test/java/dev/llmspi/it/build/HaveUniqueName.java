package dev.llmspi.it.build;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A condition that a class meets if no other top-level class has the same simple name. */
final class HaveUniqueName extends ArchCondition<JavaClass> {

    private Map<String, List<String>> classesBySimpleName = Map.of();

    HaveUniqueName() {
        super("have a unique simple name");
    }

    @Override
    public void init(Collection<JavaClass> all) {
        classesBySimpleName = all.stream()
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName, Collectors.mapping(JavaClass::getName, Collectors.toList())));
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        List<String> sameName = classesBySimpleName.getOrDefault(type.getSimpleName(), List.of());
        if (sameName.size() > 1) {
            events.add(SimpleConditionEvent.violated(type, "the same simple name: " + sameName));
        }
    }
}
