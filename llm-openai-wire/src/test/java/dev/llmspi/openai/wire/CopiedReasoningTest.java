package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.AssistantMessage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests streams from LiteLLM, which sends the same reasoning more than once in a stream. The reasoning is shown once,
 * and each copy is sent back as a whole.
 */
class CopiedReasoningTest {

    private static final String MEMBER = "provider_specific_fields";

    private static AssistantMessage message(String name, String... members) {
        StringBuilder body = new StringBuilder();
        for (String member : members) {
            body.append("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\",\"" + name + "\":")
                    .append(member.replace('\'', '"'))
                    .append("}}]}\n\n");
        }
        body.append("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
        return StreamBytes.stream(body.toString().getBytes(StandardCharsets.UTF_8))
                .collect()
                .message();
    }

    private static Map<String, String> fields(String... members) {
        return message(MEMBER, members).providerFields();
    }

    @ParameterizedTest
    @ValueSource(strings = {"thinking_blocks", "reasoning_details"})
    void collect_wholeTextWithTheSignature_isNotShownAgain(String name) {
        AssistantMessage message = message(
                name,
                "[{'type':'thinking','thinking':'ha'}]",
                "[{'type':'thinking','thinking':'ha'}]",
                "[{'type':'thinking','thinking':'haha','signature':'s=='}]",
                "[{'type':'thinking','thinking':'hm','signature':'t=='}]");

        assertEquals("hahahm", message.reasoning().orElseThrow());
    }

    @Test
    void collect_fragmentsInsideAMember_areJoined() {
        assertEquals(
                Map.of(
                        MEMBER,
                        ("{'thinking_blocks':[{'type':'thinking','thinking':'ha ha!','signature':'s=='}],'n':2,"
                                        + "'signature':'b'}")
                                .replace('\'', '"')),
                fields(
                        "{'thinking_blocks':[{'type':'thinking','thinking':'ha','signature':null}],'n':1}",
                        "{'thinking_blocks':[{'type':'thinking','thinking':' '}],'signature':'a'}",
                        "{'thinking_blocks':[{'type':'thinking','thinking':'ha','signature':''}],'n':2}",
                        "{'thinking_blocks':[{'type':'thinking','thinking':'!'}]}",
                        "{'thinking_blocks':[{'type':'thinking','thinking':'','signature':'s=='}],'signature':'b'}"));
    }

    @Test
    void collect_equalFragments_areNotARepetition() {
        assertEquals(
                Map.of(
                        MEMBER,
                        "{\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"haha\"}],"
                                + "\"reasoning_content\":\"haha\"}"),
                fields(
                        "{'thinking_blocks':[{'type':'thinking','thinking':'ha'}],'reasoning_content':'ha'}",
                        "{'thinking_blocks':[{'type':'thinking','thinking':'ha'}],'reasoning_content':'ha'}"));
    }

    @Test
    void collect_oneDelta_isKeptUnchanged() {
        String whole =
                "{'reasoning_content':'a','thinking_blocks':[{'type':'thinking','thinking':'a','signature':null},1]}"
                        .replace('\'', '"');

        assertEquals(Map.of(MEMBER, whole), fields(whole));
    }
}
