package dev.llmspi.testkit;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.testkit.wire.OpenAiBodies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates replies in the format of a particular kind of server. */
final class ReplyMaker {

    private record Status(int status, String code) {}

    private final OpenAiBodies bodies;
    private final String[] headers;

    ReplyMaker(OpenAiBodies bodies) {
        this.bodies = bodies;
        this.headers = bodies.headers().entrySet().stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .toArray(String[]::new);
    }

    FakeReply answer(FakeRequest request, List<String> pieces) {
        String model = request.model();
        return request.wantsStream()
                ? begun(model, pieces).piece(bodies.streamEnd(model, "stop")).end()
                : FakeReply.json(200, bodies.answer(model, String.join("", pieces)), headers);
    }

    FakeReply toolCall(FakeRequest request, OpenAiBodies.Call call) {
        String model = request.model();
        if (!request.wantsStream()) {
            return FakeReply.json(200, bodies.toolCalls(model, List.of(call)), headers);
        }
        int middle = call.arguments().length() / 2;
        return begun(model, List.of())
                .piece(bodies.streamCall(model, 0, call))
                .piece(bodies.streamArguments(model, 0, call.arguments().substring(0, middle)))
                .piece(bodies.streamArguments(model, 0, call.arguments().substring(middle)))
                .piece(bodies.streamEnd(model, "tool_calls"))
                .end();
    }

    FakeReply failing(FakeRequest request, ErrorKind kind, List<String> pieces) {
        if (!request.wantsStream()) {
            return error(kind, Optional.empty());
        }
        FakeStream begun = begun(request.model(), pieces);
        if (kind == ErrorKind.CONNECTION) {
            return begun.broken();
        }
        Status status = status(kind);
        return begun.piece(bodies.streamError(status.status, status.code, message(status.code)))
                .end();
    }

    FakeReply cut(FakeRequest request, List<String> pieces) {
        return request.wantsStream()
                ? begun(request.model(), pieces).cut()
                : FakeReply.cut(200, "application/json", bodies.answer(request.model(), String.join("", pieces)));
    }

    FakeReply hanging(FakeRequest request, List<String> pieces) {
        return request.wantsStream() ? begun(request.model(), pieces) : FakeReply.silence();
    }

    private FakeStream begun(String model, List<String> pieces) {
        FakeStream stream = FakeReply.events(headers).piece(bodies.streamStart(model));
        for (String piece : pieces) {
            stream = stream.piece(bodies.streamText(model, piece));
        }
        return stream;
    }

    FakeReply error(ErrorKind kind, Optional<Duration> retryAfter) {
        if (kind == ErrorKind.CONNECTION) {
            return FakeReply.close();
        }
        Status status = status(kind);
        return error(status.status, status.code, retryAfter);
    }

    FakeReply error(int status, String code, Optional<Duration> retryAfter) {
        List<String> lines = new ArrayList<>(List.of(headers));
        retryAfter.ifPresent(wait -> lines.add("Retry-After: " + wait.toSeconds()));
        return FakeReply.json(status, bodies.error(status, code, message(code)), lines.toArray(String[]::new));
    }

    private static String message(String code) {
        return "error " + code + " from the script of the fake server";
    }

    private static Status status(ErrorKind kind) {
        return switch (kind) {
            case AUTHENTICATION -> new Status(401, "invalid_api_key");
            case RATE_LIMIT -> new Status(429, "rate_limit_exceeded");
            case RESOURCE_EXHAUSTED -> new Status(402, "payment_required");
            case INVALID_REQUEST -> new Status(400, "invalid_request_error");
            case SERVICE -> new Status(503, "server_error");
            case TIMEOUT -> new Status(408, "timeout");
            case MODEL -> new Status(404, "model_not_found");
            case CONNECTION -> throw new IllegalArgumentException("a broken connection has no status");
        };
    }
}
