package io.clarion.device;

import io.clarion.engine.Device;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/**
 * Runs a test once for each usable device, whose name is in the test's; no device is a failure.
 *
 * <p>The test takes a {@link Device}, an {@code OpenClDevice} or a {@link TestedDevice}, which stay open.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(EveryDevice.Runs.class)
@interface EveryDevice {
    /** Returns whether CPUs run the test again with kernels laid out for other devices: {@link Devices#everyLayout}. */
    boolean inEveryLayout() default false;

    /** One invocation a device. */
    final class Runs implements TestTemplateInvocationContextProvider {
        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
            boolean every = context.getRequiredTestMethod().getAnnotation(EveryDevice.class).inEveryLayout();
            return (every ? Devices.everyLayout() : Devices.all()).stream().map(On::new);
        }
    }

    /** An invocation on one device. */
    record On(TestedDevice tested) implements TestTemplateInvocationContext, ParameterResolver {
        @Override
        public String getDisplayName(int index) {
            return tested.title();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type.isInstance(tested) || type.isInstance(tested.device());
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType().isInstance(tested.device()) ? tested.device() : tested;
        }
    }
}
