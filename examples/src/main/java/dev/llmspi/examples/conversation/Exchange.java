package dev.llmspi.examples.conversation;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.UserMessage;

/**
 * A question and its answer.
 *
 * @param cut whether the answer ended early, because the user pressed Ctrl-C or the stream broke
 */
record Exchange(UserMessage question, AssistantMessage answer, boolean cut) {}
