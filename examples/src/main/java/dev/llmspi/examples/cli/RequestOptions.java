package dev.llmspi.examples.cli;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.UserMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command-line options that set fields of the request, except for the prompt. */
public final class RequestOptions {

    @Option(names = "--system", order = 30, paramLabel = "TEXT", description = "The system prompt.")
    public @Nullable String system;

    @Option(
            names = "--image",
            order = 31,
            paramLabel = "FILE",
            description = "Send this image with the prompt: PNG, JPEG, WebP or GIF. May be repeated.")
    public List<Path> images = new ArrayList<>();

    @Option(
            names = "--schema",
            order = 32,
            paramLabel = "FILE",
            description = "Request an answer in JSON that follows the JSON Schema in this file.")
    public @Nullable Path schema;

    @Option(
            names = "--reasoning",
            order = 33,
            paramLabel = "EFFORT",
            converter = ReasoningConverter.class,
            description = "Reasoning effort: none, minimal, low, medium, high, or a budget in tokens.")
    public @Nullable Reasoning reasoning;

    public RequestOptions() {}

    ChatRequest.Builder request(String prompt) {
        ChatRequest.Builder request = ChatRequest.builder();
        if (system != null) {
            request.system(system);
        }
        List<ContentPart> content = new ArrayList<>(List.of(new TextPart(prompt)));
        images.forEach(file -> content.add(InputFile.image(file)));
        request.message(UserMessage.of(content.toArray(ContentPart[]::new)));
        if (schema != null) {
            ResponseFormat format = InputFile.schema(schema);
            request.responseFormat(format);
        }
        if (reasoning != null) {
            request.reasoning(reasoning);
        }
        return request;
    }
}
