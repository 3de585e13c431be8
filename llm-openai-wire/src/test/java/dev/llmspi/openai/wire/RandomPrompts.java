package dev.llmspi.openai.wire;

import java.util.List;
import java.util.Random;

/** Generates prompts of several kinds: prose in several scripts, code, JSON, tables and lists of short lines. */
final class RandomPrompts {

    private static final List<String> LATIN =
            words("marigold lantern zebra quartz harbour willow copper meadow thunder velvet orchard pebble saffron");
    private static final List<String> FRENCH =
            words("élève façade août über naïve señor Zürich crème brûlée garçon là-bas étude çà déjà fenêtre");
    private static final List<String> RUSSIAN = words("фонарь зебра кварц гавань ива медь луг гром бархат сад камень");
    private static final List<String> CHINESE = words("灯笼 斑马 石英 港口 柳树 铜 草地 雷声 天鹅绒 果园 卵石 藏红花 请总结 下面 的 文件");
    private static final List<String> KOREAN = words("등불 얼룩말 석영 항구 버드나무 구리 초원 천둥 벨벳 과수원 자갈");
    private static final List<String> EMOJI = words("🦓 🏮 marigold 🌾 lantern 🪨 quartz 🌿 harbour 🌩️ velvet");

    private final Random random;

    RandomPrompts(long seed) {
        this.random = new Random(seed);
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    /** @param kind any number; the remainder selects the kind of the prompt */
    String next(int kind) {
        int count = 8 + random.nextInt(random.nextInt(4) == 0 ? 250 : 60);
        return switch (kind % 10) {
            case 0 -> prose(LATIN, count, " ");
            case 1 -> prose(FRENCH, count, " ");
            case 2 -> prose(RUSSIAN, count, " ");
            case 3 -> prose(CHINESE, 2 * count, "");
            case 4 -> prose(KOREAN, count, " ");
            case 5 -> prose(EMOJI, count, " ");
            case 6 -> code(count / 3 + 2);
            case 7 -> json(count / 3 + 2);
            case 8 -> table(count / 3 + 2);
            default -> lines(count / 2 + 3);
        };
    }

    private String word(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    private String prose(List<String> words, int count, String between) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(word(words));
            int end = random.nextInt(14);
            text.append(end == 0 ? ".\n" : end == 1 ? ", " : end == 2 ? " \"" : end == 3 ? "'s & " : between);
        }
        return text.toString();
    }

    private String code(int count) {
        StringBuilder text = new StringBuilder("def marigold(a, b):\n");
        for (int i = 0; i < count; i++) {
            text.append("    if a[").append(random.nextInt(99)).append("] != b and x <= \"");
            text.append(word(LATIN))
                    .append("\\n\":\n\t\treturn ")
                    .append(word(LATIN))
                    .append("(a % 10, b && c)\n");
        }
        return text.toString();
    }

    private String json(int count) {
        StringBuilder text = new StringBuilder("{\"zebra\": [");
        for (int i = 0; i < count; i++) {
            text.append("{\"").append(word(LATIN)).append("\": \"").append(word(FRENCH));
            text.append("\\u00e9 a/b\", \"n\":").append(random.nextInt(100_000)).append("},");
        }
        return text.append("null]}").toString();
    }

    private String table(int count) {
        StringBuilder text = new StringBuilder("| a | b |\n|---|---|\n");
        for (int i = 0; i < count; i++) {
            text.append("| ").append(random.nextInt(1_000_000)).append(" | ").append(random.nextInt(1_000_000));
            text.append(" | ").append(random.nextDouble()).append(" |\n");
        }
        return text.toString();
    }

    private String lines(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(word(LATIN))
                    .append(random.nextInt(3) == 0 ? " " + word(LATIN) : "")
                    .append('\n');
        }
        return text.toString();
    }
}
