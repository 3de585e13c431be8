package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.io.IOException;
import java.util.List;

/** Writes the messages of a request. */
final class MessageEncoder {

    private final ContentEncoder contents;
    private final AssistantEncoder assistants;

    MessageEncoder(OpenAiDialect dialect) {
        this.contents = new ContentEncoder(dialect);
        this.assistants = new AssistantEncoder(dialect, contents);
    }

    void write(JsonGenerator json, Message message, MessageForm form) throws IOException {
        json.writeStartObject();
        if (message instanceof AssistantMessage assistant) {
            assistants.write(json, assistant, form);
        } else if (message instanceof ToolMessage tool) {
            json.writeStringField("role", "tool");
            json.writeStringField(
                    "tool_call_id",
                    form.ids().isEmpty() ? tool.toolCallId() : form.ids().get(0));
            contents.write(json, tool, form, tool.cacheMark(), List.of());
        } else if (message instanceof SystemMessage system) {
            json.writeStringField("role", "system");
            contents.write(json, system, form, system.cacheMark(), List.of());
        } else if (message instanceof UserMessage user) {
            json.writeStringField("role", "user");
            contents.write(json, user, form, user.cacheMark(), List.of());
        } else {
            throw new IllegalArgumentException("a " + message.getClass().getSimpleName() + " has no form here");
        }
        json.writeEndObject();
    }
}
