package dev.llmspi.examples.cli;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.UserMessage;
import dev.llmspi.examples.show.Style;
import dev.llmspi.examples.show.VisibleText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command-line options that set fields of the request, except for the prompt. */
public final class RequestOptions {

    @Option(
            names = {"-s", "--system"},
            order = 30,
            paramLabel = "TEXT",
            description = "The system prompt, or @FILE for the text of a file.")
    public @Nullable String system;

    @Option(
            names = "--image",
            order = 31,
            paramLabel = "FILE",
            description = "Send this image with the prompt: a PNG, JPEG, WebP or GIF file, or an https address, from "
                    + "which the provider fetches it. May be repeated.")
    public List<String> images = new ArrayList<>();

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

    @Option(
            names = "--temperature",
            order = 34,
            paramLabel = "T",
            converter = TemperatureConverter.class,
            description = "From 0 (always the most likely words) to 2. Default: the model's own.")
    public @Nullable Double temperature;

    @Option(
            names = "--max-tokens",
            order = 35,
            paramLabel = "N",
            converter = TokenCountConverter.class,
            description = "The model may write at most this many tokens, including reasoning.")
    public @Nullable Integer maxTokens;

    public RequestOptions() {}

    /** Returns a request without a message of the user. */
    ChatRequest.Builder request() {
        ChatRequest.Builder request = ChatRequest.builder();
        if (system != null) {
            request.system(PromptPart.of(system).text());
        }
        if (schema != null) {
            ResponseFormat format = InputFile.schema(schema);
            request.responseFormat(format);
        }
        if (reasoning != null) {
            request.reasoning(reasoning);
        }
        if (temperature != null) {
            request.temperature(temperature);
        }
        if (maxTokens != null) {
            request.maxOutputTokens(maxTokens);
        }
        return request;
    }

    /** Reads the images. */
    List<ImagePart> images() {
        return images.stream().map(InputFile::image).toList();
    }

    /** Returns a sentence that names the files of the request, or empty if there are none. */
    Optional<String> files() {
        List<String> names = new ArrayList<>();
        images.forEach(image -> names.add("--image " + Style.PLAIN.cut(VisibleText.line(image), 200)));
        if (schema != null) {
            names.add("--schema " + VisibleText.line(schema.toString()));
        }
        return names.isEmpty() ? Optional.empty() : Optional.of("The request contained " + String.join(", ", names));
    }

    /** Returns the message of the user: a prompt with images. */
    static UserMessage message(String prompt, List<ImagePart> images) {
        List<ContentPart> content = new ArrayList<>(List.of(new TextPart(prompt)));
        content.addAll(images);
        return UserMessage.of(content.toArray(ContentPart[]::new));
    }
}
