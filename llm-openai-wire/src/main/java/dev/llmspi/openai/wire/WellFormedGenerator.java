package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;

/** Writes no lone surrogate, whatever it is given. Raw values must be valid JSON. */
final class WellFormedGenerator extends JsonGeneratorDelegate {

    WellFormedGenerator(JsonGenerator json) {
        super(json);
    }

    @Override
    public void writeFieldName(String name) throws IOException {
        delegate.writeFieldName(WellFormedText.of(name));
    }

    @Override
    public void writeString(String text) throws IOException {
        delegate.writeString(WellFormedText.of(text));
    }

    @Override
    public void writeRawValue(String json) throws IOException {
        delegate.writeRawValue(WellFormedText.ofJson(json));
    }
}
