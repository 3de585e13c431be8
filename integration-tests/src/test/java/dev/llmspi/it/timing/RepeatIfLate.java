package dev.llmspi.it.timing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Repeats a test method that was late, in the same way as {@link Stopwatch#twoOfThree} repeats a scenario. The
 * repetitions use the same test instance and arguments. Methods that run before and after each test are not repeated,
 * so the test method must start everything that it needs.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LateTestRepeater.class)
public @interface RepeatIfLate {}
