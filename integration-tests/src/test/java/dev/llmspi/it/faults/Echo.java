package dev.llmspi.it.faults;

import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Provides responses of servers that echo keys, headers and prompts of the request. */
final class Echo {

    private final List<String> keys;
    private final String all;

    /** @param keys the keys that were sent to this server */
    Echo(List<String> keys) {
        this.keys = keys;
        this.all = String.join(" / ", keys) + " / " + CanaryTest.HEADER + " / " + CanaryTest.PROMPT + " / "
                + CanaryTest.WORD;
    }

    /** Returns one reply for each part of a reply in which a server can repeat keys and prompts. */
    Map<String, Reply> replies() {
        Map<String, Reply> replies = new LinkedHashMap<>();
        replies.put("message and code", Reply.error(401, "bad " + keys.get(0), "bad: " + all));
        replies.put("message of a 400", Reply.error(400, "400", "in " + all));
        replies.put("text", Reply.of(500, "text/plain", all));
        replies.put("page", Reply.of(502, "text/html", "<html><b title=\"" + all + "\">" + all + "</b></html>"));
        replies.put("key starred out", Reply.error(401, "401", masked(keys.get(0)) + " " + masked(last())));
        replies.put("error in a 200", Reply.json(200, "{\"error\":{\"code\":500,\"message\":\"" + all + "\"}}"));
        replies.put("code", Reply.json(400, "{\"error\":{\"code\":\"" + all + "\",\"message\":\"x\"}}"));
        replies.put("type", Reply.json(400, "{\"error\":{\"type\":\"" + all + "\",\"param\":\"" + all + "\"}}"));
        replies.put("detail", Reply.json(422, "{\"detail\":[{\"loc\":[\"body\"],\"input\":\"" + all + "\"}]}"));
        replies.put(
                "raw",
                Reply.json(
                        502,
                        "{\"error\":{\"code\":502,\"message\":\"Provider returned error\"," + "\"metadata\":{\"raw\":\""
                                + all + "\",\"provider_name\":\"" + CanaryTest.WORD + "\"}}}"));
        replies.put(
                "guardrail",
                Reply.json(
                        446,
                        "{\"error\":{\"type\":\"hooks_failed\"},\"hook_results\":{"
                                + "\"before_request_hooks\":[{\"id\":\"" + CanaryTest.WORD + "\",\"checks\":[{\"id\":\""
                                + all
                                + "\",\"verdict\":false,\"data\":\"" + all + "\"}]}]}}"));
        replies.put(
                "moderation",
                Reply.json(
                        403,
                        "{\"error\":{\"code\":403,\"message\":\"flagged\",\"metadata\":" + "{\"reasons\":[\""
                                + CanaryTest.WORD + "\"],\"flagged_input\":\"" + CanaryTest.PROMPT + "\"}}}"));
        replies.put("cut answer", Reply.cutBody(200, "application/json", "{\"choices\":[\"" + all + all + "\"]}"));
        replies.put("another shape", Reply.json(200, "{\"choices\":\"" + all + CanaryTest.ANSWER + "\"}"));
        replies.put("no JSON", Reply.json(200, all));
        replies.put("redirect", Reply.json(302, "{}", "Location: http://127.0.0.1:1/?k=" + all));
        replies.put("status line", Reply.raw("HTTP/1.1 500 " + all + "\r\nContent-Length: 0\r\n\r\n"));
        replies.put("no HTTP", Reply.raw("SMTP/1.0 " + all + "\r\n" + all + "\r\n\r\n"));
        replies.put("header without a colon", Reply.raw("HTTP/1.1 200 OK\r\n" + all + "\r\n\r\n"));
        replies.put("length", Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: " + all + "\r\n\r\n{}"));
        replies.put("chunk", Reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + all + "\r\n"));
        replies.put("headers", Reply.error(429, "429", "slow", headers()));
        replies.put("names in an answer", Reply.json(200, answer(), headers()));
        replies.put("names in a stream", StreamReply.chunked().event(chunk()).done());
        replies.put(
                "error in a stream",
                StreamReply.chunked()
                        .event("{\"error\":{\"code\":\"" + all + "\",\"message\":\"" + all + "\"}}")
                        .done());
        replies.put(
                "error after content",
                StreamReply.chunked()
                        .text(CanaryTest.ANSWER)
                        .event("{\"id\":\"" + CanaryTest.WORD + "\",\"error\":{\"code\":502,\"message\":\"" + all
                                + "\"}}")
                        .done());
        replies.put(
                "piece that is no JSON",
                StreamReply.chunked().text(CanaryTest.ANSWER).event("{" + all).done());
        replies.put("cut stream", StreamReply.chunked().text(CanaryTest.ANSWER).cut());
        replies.put("closed", Reply.close());
        return replies;
    }

    private static String masked(String key) {
        return "Incorrect API key: " + key.substring(0, 13) + "*****" + key.substring(key.length() - 4) + ".";
    }

    String[] headers() {
        return Stream.of(
                        "x-request-id",
                        "X-Generation-Id",
                        "x-portkey-trace-id",
                        "x-portkey-provider",
                        "Retry-After",
                        "x-portkey-cache-status",
                        "x-portkey-last-used-option-index",
                        "X-RateLimit-Reset",
                        "Server",
                        "Date")
                .map(name -> name + ": " + all)
                .toArray(String[]::new);
    }

    private String answer() {
        String names = names();
        return "{" + names + ",\"choices\":[{\"finish_reason\":\"" + all + "\",\"native_finish_reason\":\"" + all
                + "\",\"message\":{\"content\":\"" + CanaryTest.ANSWER + "\",\"reasoning\":\"" + CanaryTest.ANSWER
                + "\"}}]}";
    }

    private String chunk() {
        return "{" + names() + ",\"choices\":[{\"delta\":{\"content\":\"" + CanaryTest.ANSWER + "\",\"reasoning\":\""
                + CanaryTest.ANSWER + "\"},\"finish_reason\":\"" + all + "\",\"native_finish_reason\":\""
                + CanaryTest.WORD + "\"}]}";
    }

    private String names() {
        return "\"id\":\"" + keys.get(0) + "\",\"model\":\"" + CanaryTest.WORD + "-" + last() + "\",\"provider\":\""
                + last() + "\",\"service_tier\":\"" + all + "\",\"system_fingerprint\":\"" + all
                + "\",\"usage\":{\"prompt_tokens\":\"" + all + "\",\"cost_details\":{\"" + keys.get(0) + "\":\"" + all
                + "\"}},"
                + "\"hook_results\":{\"x\":\"" + all + "\"}";
    }

    /** Returns an answer in which the server puts its keys into each name that it can choose. */
    Reply names(Mode mode) {
        return mode == Mode.STREAM ? StreamReply.chunked().event(chunk()).done() : Reply.json(200, answer(), headers());
    }

    private String last() {
        return keys.get(keys.size() - 1);
    }
}
