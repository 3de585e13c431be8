package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.Message;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.error.LlmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that no piece of a prompt is shown, in whatever form and place a server repeats it. */
class EchoedPromptTest {

    /** The length from which a piece of a prompt counts. */
    private static final int PIECE = 20;

    /** An escape in an encoded prompt, which stands for at most one character of the prompt. */
    private static final Pattern ESCAPE = Pattern.compile(
            "\\\\+(?:u\\{?\\p{XDigit}{2,6}}?|x\\p{XDigit}{2}|[0-7]{3}|.)|(?:%(?:25)*|=)\\p{XDigit}{2}|&(?:amp;)*#?\\w{1,8};");

    private static final Pattern LETTERS = Pattern.compile("(?:[\\p{L}\\p{N}[\\p{So}&&[^\uFFFD]]].*){4}");

    private static final int PROMPTS = Integer.getInteger("llmspi.echoed-prompts", 10);
    private static final long SEED = Long.getLong("llmspi.seed", 14);

    /** The place in a reply in which the server repeats the prompt. */
    enum Place {
        MESSAGE,
        NESTED_MESSAGE,
        DETAIL,
        TEXT,
        HTML,
        EVENT,
        SUCCESS,
        CODE,
        REQUEST_ID,
        FINISH_REASON,
        UNFRAMED;

        String body(String said) {
            String text = JsonWriter.text("cannot take <" + said + "> at message 0");
            String error = "{\"error\":{\"code\":500,\"message\":" + text + "}}";
            return switch (this) {
                case MESSAGE, SUCCESS -> error;
                case NESTED_MESSAGE -> "{\"error\":{\"message\":" + JsonWriter.text("upstream: " + error) + "}}";
                case DETAIL -> "{\"detail\":[{\"loc\":[\"body\"],\"msg\":" + text + "}]}";
                case TEXT -> "cannot take: " + said;
                case HTML -> "<html><body><h1>500</h1><p>" + said + "</p></body></html>";
                case EVENT -> "data: " + error + "\n\ndata: [DONE]\n\n";
                case CODE ->
                    "{\"error\":{\"code\":" + JsonWriter.text(said) + ",\"type\":" + text + ",\"message\":\"no\"}}";
                case REQUEST_ID -> "{\"error\":{\"message\":\"no\"}}";
                case FINISH_REASON ->
                    "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":"
                            + JsonWriter.text("error " + said) + "}]}";
                case UNFRAMED -> "cannot take: " + said + "\n";
            };
        }

        int status() {
            return List.of(EVENT, SUCCESS, FINISH_REASON, UNFRAMED).contains(this) ? 200 : 500;
        }
    }

    /** Returns everything that an application may log of the reply. */
    private static String shown(Bench bench, Place place, String said, ChatRequest request) {
        List<String> headers = new ArrayList<>();
        if (place == Place.REQUEST_ID) {
            headers.add("x-request-id");
            headers.add(said.replaceAll("\\s+", " ").replaceAll("[^ -~]", "?").strip());
        }
        boolean events = place == Place.EVENT || place == Place.UNFRAMED;
        headers.add("content-type");
        headers.add(events ? "text/event-stream" : "application/json");
        bench.answer(place.status(), place.body(said), headers.toArray(new String[0]));
        try {
            ChatResponse response = events ? streamed(bench, request) : bench.chat(request);
            assertEquals(Place.FINISH_REASON, place, "only a finish reason may be without an error");
            return response + " | " + response.rawFinishReason();
        } catch (LlmException e) {
            return shown(e);
        }
    }

    private static ChatResponse streamed(Bench bench, ChatRequest request) {
        try (ChatStream stream = bench.provider.stream(request, CallContext.create())) {
            return stream.collect();
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\s\\p{Cc}]+", " ").strip();
    }

    private static String shown(LlmException error) {
        StringBuilder all = new StringBuilder();
        for (Throwable thrown = error; thrown != null; thrown = thrown.getCause()) {
            all.append(thrown).append(" | ").append(thrown.getMessage()).append(" | ");
        }
        return all + error.code().orElse("") + " | " + error.requestId().orElse("") + " | " + error.partial();
    }

    /** Returns the pieces that two texts have in common. */
    private static List<String> pieces(String shown, String said) {
        String echo = oneLine(said);
        List<String> found = new ArrayList<>();
        for (int i = 0; i + PIECE <= shown.length(); i++) {
            int end = i + PIECE;
            while (end < shown.length() && echo.contains(shown.substring(i, end + 1))) {
                end++;
            }
            String piece = shown.substring(i, end);
            // Three dots are the server's, and signs instead of letters show nothing.
            if (echo.contains(piece)
                    && ESCAPE.matcher(piece).replaceAll("x").length() >= PIECE
                    && !piece.contains("..")
                    && hasLetters(piece)) {
                found.add(piece);
            }
        }
        return found;
    }

    private static boolean hasLetters(String piece) {
        return IntStream.rangeClosed(0, piece.length() - PIECE)
                .anyMatch(i -> LETTERS.matcher(piece.substring(i, i + PIECE)).find());
    }

    @ParameterizedTest
    @EnumSource
    void error_repeatsAPrompt_noPieceIsShown(PromptEncoding encoding) throws Exception {
        RandomPrompts prompts = new RandomPrompts(SEED);
        List<String> shownPieces = new ArrayList<>();
        int cases = 0;
        try (Bench bench = new Bench()) {
            for (int i = 0; i < PROMPTS; i++) {
                String prompt = prompts.next(i);
                ChatRequest request = request(prompt, i);
                String said = encoding.of(prompt);
                for (Place place : Place.values()) {
                    String shown = shown(bench, place, said, request);
                    cases++;
                    List<String> found = pieces(shown, said);
                    found.addAll(pieces(shown, prompt));
                    if (!found.isEmpty()) {
                        shownPieces.add(place + " of prompt " + i + ": <" + found.get(0) + "> in " + shown);
                    }
                }
            }
        }
        System.out.println(encoding + ": " + shownPieces.size() + " of " + cases + " errors show the prompt");
        assertEquals(
                List.of(),
                shownPieces.subList(0, Math.min(3, shownPieces.size())),
                shownPieces.size() + " of " + cases + ", seed " + SEED);
    }

    /** Returns a request that contains the text in one of its parts. */
    private static ChatRequest request(String text, int part) {
        ChatRequest.Builder request = ChatRequest.builder().model("m").user("Hello");
        ToolCall call = new ToolCall("c1", "f", "{\"text\":" + JsonWriter.text(text) + "}", true);
        switch (part / 10 % 10) {
            case 0 -> request.user(text);
            case 1 -> request.system(text);
            case 2 -> request.assistant(text).user("Go on");
            case 3 ->
                request.message(AssistantMessage.builder()
                                .toolCalls(List.of(call))
                                .build())
                        .message(Message.tool("c1", "ok"));
            case 4 ->
                request.message(AssistantMessage.builder()
                                .toolCalls(List.of(new ToolCall("c1", "f", "{}", true)))
                                .build())
                        .message(Message.tool("c1", text));
            case 5 -> request.tools(ToolDefinition.of("f", text, "{\"type\":\"object\"}"));
            case 6 -> request.tools(ToolDefinition.of("f", "", schema(text)));
            case 7 -> request.responseFormat(ResponseFormat.jsonSchema("s", schema(text)));
            case 8 -> request.stop(text);
            default -> request.extra("local", "metadata", Map.of("note", text)).user(text);
        }
        return request.build();
    }

    private static String schema(String text) {
        return String.format(
                Locale.ROOT,
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"description\":%s}}}",
                JsonWriter.text(text));
    }
}
