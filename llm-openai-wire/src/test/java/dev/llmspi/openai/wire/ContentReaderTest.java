package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests reading content in all forms that servers send. */
class ContentReaderTest {

    private static ContentReader read(String content) {
        return new ContentReader(
                JsonObject.parse("{\"c\":" + content.replace('\'', '"') + "}").value("c"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'type':'thinking','thinking':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}] | ab | ",
                "[{'type':'thinking','thinking':'a','signature':'s'},{'type':'text','text':'x'}] | a | x",
                "[{'type':'reasoning','text':'a'},{'type':'output_text','text':'x'},'y'] | a | xy",
                "[{'type':'reasoning','summary':[{'type':'summary_text','text':'a'}]}] | a | ",
                "{'type':'text','text':'x'} |  | x",
                "[{'type':'text','text':{'value':'x'}}] |  | x",
                "[{'type':'text','content':'x'}] |  | x",
                "[[{'type':'text','text':'x'}],{'type':'refusal','refusal':'y'}] |  | xy"
            })
    void textAndReasoning(String content, String reasoning, String text) {
        ContentReader reader = read(content);
        assertEquals(reasoning == null ? "" : reasoning, reader.joined(true));
        assertEquals(text == null ? "" : text, reader.joined(false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "''", "[]", "[{}]", "{'a':1}", "[{'type':'image_url','image_url':{'url':'x'}}]", "7"})
    void read_contentWithoutText_isEmpty(String content) {
        assertTrue(read(content).isEmpty());
    }

    @Test
    void reasoningParts_areKeptWhole() {
        assertEquals(
                "[{\"type\":\"redacted_thinking\",\"data\":\"x\"}]",
                JsonWriter.text(read("[{'type':'redacted_thinking','data':'x'},{'type':'text','text':'y'}]")
                        .reasoningParts()));
    }
}
